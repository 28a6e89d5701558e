using System.Reflection;
using Xunit.Abstractions;
using Xunit.Sdk;

[assembly: TestFramework("ChatService.Tests.TestRun", "ChatService.Tests")]

namespace ChatService.Tests;

/// <summary>
/// xunit's own framework, with something to do after the last test: the process that runs the tests
/// is killed 100 ms after they have ended, so an exit handler is too late.
/// </summary>
public sealed class TestRun(IMessageSink messages) : XunitTestFramework(messages)
{
    /// <summary>Whether the long loads are wanted, too: <c>tests/run.sh --all</c>.</summary>
    public static bool IsLong { get; } = Environment.GetEnvironmentVariable("CHAT_TEST_ALL") == "1";

    protected override ITestFrameworkExecutor CreateExecutor(AssemblyName assemblyName)
    {
        // Several services, their providers, their password hashes and SQLite's blocking calls share this process: with the two workers
        // that two cores get, and one more every half second, one waits for the other.
        ThreadPool.GetMinThreads(out var workers, out var completions);
        ThreadPool.SetMinThreads(Math.Max(workers, 32), Math.Max(completions, 32));
        return new Executor(assemblyName, SourceInformationProvider, DiagnosticMessageSink);
    }

    private sealed class Executor(AssemblyName assembly, ISourceInformationProvider sources, IMessageSink diagnostics)
        : XunitTestFrameworkExecutor(assembly, sources, diagnostics)
    {
        // The signature is xunit's; its runner catches what tests and clean-up throw.
        protected override async void RunTestCases(
            IEnumerable<IXunitTestCase> testCases, IMessageSink executionMessageSink, ITestFrameworkExecutionOptions executionOptions)
        {
            using var runner = new Runner(TestAssembly, testCases, DiagnosticMessageSink, executionMessageSink, executionOptions);
            await runner.RunAsync();
        }
    }

    private sealed class Runner(
        ITestAssembly assembly, IEnumerable<IXunitTestCase> cases, IMessageSink diagnostics, IMessageSink execution, ITestFrameworkExecutionOptions options)
        : XunitTestAssemblyRunner(assembly, cases, diagnostics, execution, options)
    {
        protected override async Task BeforeTestAssemblyFinishedAsync()
        {
            await Aggregator.RunAsync(Databases.RemoveAsync);
            await base.BeforeTestAssemblyFinishedAsync();
        }
    }
}
