using ChatService.Data;
using ChatService.GraphQL;

namespace ChatService.Tests;

public class TokenBucketTests
{
    private readonly FakeClock _clock = new(new DateTimeOffset(2026, 11, 23, 8, 0, 0, TimeSpan.Zero));

    [Fact]
    public void A_bucket_gives_what_it_holds_and_says_when_there_is_more()
    {
        var buckets = new TokenBuckets<string>(3, TimeSpan.FromSeconds(10), 100, _clock);
        Assert.All(Enumerable.Range(0, 3), _ => Assert.Null(buckets.Take("a")));
        Assert.Equal(10, buckets.Take("a")!.Value.TotalSeconds, 3);
        Assert.Null(buckets.Take("b"));

        _clock.Advance(TimeSpan.FromSeconds(4));
        Assert.Equal(6, buckets.Take("a")!.Value.TotalSeconds, 3);
        _clock.Advance(buckets.Take("a")!.Value);
        Assert.Null(buckets.Take("a"));
        Assert.NotNull(buckets.Take("a"));

        // It holds no more than its size, however long nobody asks.
        _clock.Advance(TimeSpan.FromDays(1));
        Assert.All(Enumerable.Range(0, 3), _ => Assert.Null(buckets.Take("a")));
        Assert.NotNull(buckets.Take("a"));
    }

    [Fact]
    public void A_clock_that_is_set_back_takes_nothing_away()
    {
        var buckets = new TokenBuckets<string>(2, TimeSpan.FromSeconds(10), 100, _clock);
        Assert.Null(buckets.Take("a"));
        _clock.Advance(-TimeSpan.FromDays(1));
        Assert.Null(buckets.Take("a"));
        Assert.Equal(10, buckets.Take("a")!.Value.TotalSeconds, 3);
        _clock.Advance(TimeSpan.FromSeconds(10));
        Assert.Null(buckets.Take("a"));
    }

    [Fact]
    public void Many_keys_are_bounded_and_who_has_used_up_theirs_is_remembered()
    {
        var buckets = new TokenBuckets<int>(2, TimeSpan.FromMinutes(1), 1_000, _clock);
        Assert.Null(buckets.Take(-1));
        Assert.Null(buckets.Take(-1));
        for (var i = 0; i < 20_000; i++)
        {
            Assert.Null(buckets.Take(i));
            Assert.InRange(buckets.Count, 1, 1_000);
        }

        Assert.NotNull(buckets.Take(-1));
    }

    [Fact]
    public void After_many_failures_in_a_row_tokens_come_back_slowly_until_one_goes_well()
    {
        var buckets = new TokenBuckets<string>(5, TimeSpan.FromSeconds(60), 100, _clock, (100, TimeSpan.FromHours(1)));
        for (var failures = 0; failures < 99; failures++) Try(failed: true);
        Assert.Equal(TimeSpan.FromSeconds(60), WaitForOne());
        Try(failed: true);
        Assert.InRange(WaitForOne(), TimeSpan.FromMinutes(50), TimeSpan.FromHours(1));
        Try(failed: false);
        Assert.InRange(WaitForOne(), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(60));

        void Try(bool failed)
        {
            while (buckets.Take("a") is { } wait) _clock.Advance(wait);
            buckets.Note("a", failed);
        }

        TimeSpan WaitForOne()
        {
            while (true)
            {
                if (buckets.Take("a") is { } wait) return TimeSpan.FromSeconds(Math.Ceiling(wait.TotalSeconds));
            }
        }
    }

    [Fact]
    public void The_limits_are_those_that_are_documented_unless_configured()
    {
        var traffic = new TrafficLimits();
        Assert.True(traffic.Enabled);
        Assert.Equal((100, 20, 60, 50), (traffic.RequestsPerUser, traffic.RequestPerUserRefill.TotalMilliseconds, traffic.RequestsPerAddress, traffic.RequestPerAddressRefill.TotalMilliseconds));
        Assert.Equal((5, 60, 20, 3), (traffic.SignInsPerName, traffic.SignInPerNameRefill.TotalSeconds, traffic.SignInsPerAddress, traffic.SignInPerAddressRefill.TotalSeconds));
        Assert.Equal((100, 1, 5, 2), (traffic.SignInFailures, traffic.SignInSlowRefill.TotalHours, traffic.RegistrationsPerAddress, traffic.RegistrationRefill.TotalMinutes));
        Assert.Equal((8, 50, 1_000, 200, 4_000), (traffic.StreamsPerUser, traffic.StreamsPerAddress, traffic.Streams, traffic.SocketsPerAddress, traffic.Connections));
        var completions = new CompletionLimits();
        Assert.Equal((20, 3, 2, 256), (completions.CompletionsPerUser, completions.CompletionRefill.TotalSeconds, completions.CompletionsAtOncePerUser, new CompletionOptions().MaximumRunning));
        var security = new SecurityOptions();
        Assert.Equal((1, 16), (security.HashesAtOnce, security.HashesWaiting));
    }
}
