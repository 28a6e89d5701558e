using System.ClientModel;
using System.ClientModel.Primitives;
using System.Numerics.Tensors;
using OpenAI;
using OpenAI.Chat;
using OpenAI.Embeddings;

namespace ChatService.Tests;

/// <summary>OpenAI's own client reads what the scripted provider writes.</summary>
public sealed class ScriptedProviderTests : IAsyncLifetime
{
    private ScriptedProvider _provider = null!;
    private OpenAIClient _client = null!;

    public async Task InitializeAsync()
    {
        _provider = await ScriptedProvider.StartAsync();
        _client = ClientOf(_provider.Endpoint);
    }

    public async Task DisposeAsync() => await _provider.DisposeAsync();

    [Theory]
    [InlineData(int.MaxValue)]
    [InlineData(7)]
    [InlineData(1)]
    public async Task A_stream_arrives_whole_wherever_it_is_cut(int sliceBytes)
    {
        _provider.Answer("Où est ", "le \"café\"\n", "\\ 🦉?").Usage(5, 7).InSlicesOf(sliceBytes);
        var (texts, reason, usage) = await StreamAsync("hello");
        Assert.Equal(["Où est ", "le \"café\"\n", "\\ 🦉?"], texts);
        Assert.Equal(ChatFinishReason.Stop, reason);
        Assert.Equal((5, 7), (usage!.InputTokenCount, usage.OutputTokenCount));
    }

    [Fact]
    public async Task Without_a_script_the_question_comes_back_and_is_recorded()
    {
        var (texts, _, _) = await StreamAsync("What is the time?");
        Assert.Equal(["What is the time?"], texts);
        var request = Assert.Single(_provider.Requests);
        Assert.True(request is { IsChat: true, Streams: true, WantsUsage: true, Model: "scripted" });
        Assert.Equal([("user", "What is the time?")], request.Messages);
        Assert.Equal("Bearer key", request.Headers["Authorization"]);
        Assert.False(await request.Aborted);
    }

    [Fact]
    public async Task A_whole_answer_has_text_reason_and_usage()
    {
        _provider.Answer("to", "gether").Finish("length").Usage(1, 2);
        ChatCompletion completion = await _client.GetChatClient("scripted").CompleteChatAsync("hello");
        Assert.Equal("together", completion.Content[0].Text);
        Assert.Equal(ChatFinishReason.Length, completion.FinishReason);
        Assert.Equal(3, completion.Usage.TotalTokenCount);
    }

    [Fact]
    public async Task The_test_decides_when_a_stream_goes_on()
    {
        var gate = new Gate();
        _provider.Answer("first").Wait(gate).Text("second");
        await using var stream = _client.GetChatClient("scripted").CompleteChatStreamingAsync("hello").GetAsyncEnumerator();
        Assert.Equal("first", await NextTextAsync(stream));
        await gate.Reached;
        var second = NextTextAsync(stream);
        Assert.False(second.IsCompleted);
        gate.Open();
        Assert.Equal("second", await second);
    }

    [Fact]
    public async Task A_client_that_leaves_is_noticed()
    {
        _provider.Answer("first").Wait(new Gate());
        await using (var stream = _client.GetChatClient("scripted").CompleteChatStreamingAsync("hello").GetAsyncEnumerator())
            Assert.Equal("first", await NextTextAsync(stream));
        Assert.True(await (await _provider.RequestAsync(1)).Aborted);
    }

    [Theory]
    [InlineData(400)]
    [InlineData(401)]
    [InlineData(429)]
    [InlineData(500)]
    [InlineData(503)]
    public async Task A_failure_has_its_status_and_says_when_to_come_again(int status)
    {
        _provider.Answer(Reply.Failure(status, retryAfter: "3"));
        var error = await Assert.ThrowsAsync<ClientResultException>(() => StreamAsync("hello"));
        Assert.Equal(status, error.Status);
        Assert.True(error.GetRawResponse()!.Headers.TryGetValue("Retry-After", out var seconds));
        Assert.Equal("3", seconds);
    }

    [Fact]
    public async Task A_cut_stream_keeps_what_came_before_it()
    {
        _provider.Answer("kept").Raw("data: {\"id\":\"ch").Cut();
        await using var stream = _client.GetChatClient("scripted").CompleteChatStreamingAsync("hello").GetAsyncEnumerator();
        Assert.Equal("kept", await NextTextAsync(stream));
        await Assert.ThrowsAnyAsync<Exception>(() => NextTextAsync(stream));
        Assert.False(await _provider.Requests[0].Aborted);
    }

    [Fact]
    public async Task A_connection_closed_before_the_answer_is_a_broken_one()
    {
        _provider.Answer(new Reply().Cut());
        await Assert.ThrowsAnyAsync<Exception>(() => StreamAsync("hello"));
    }

    [Fact]
    public async Task A_stream_can_end_without_reason_or_usage()
    {
        _provider.Answer("text").Finish(null).NoUsage();
        _provider.Answer("text").Stop();
        for (var i = 0; i < 2; i++)
        {
            var (texts, reason, usage) = await StreamAsync("hello");
            Assert.Equal(["text"], texts);
            Assert.Null(reason);
            Assert.Null(usage);
        }
    }

    [Fact]
    public async Task Half_a_surrogate_pair_and_reasons_unknown_to_the_client_go_over_the_wire()
    {
        _provider.Answer("a\ud83d").Finish("model_length");
        using var http = new HttpClient();
        using var content = new StringContent("""{"model":"m","messages":[{"role":"user","content":"x"}],"stream":true}""");
        using var response = await http.PostAsync(_provider.Endpoint + "/chat/completions", content);
        var body = await response.Content.ReadAsStringAsync();
        Assert.Contains("\"content\":\"a\\ud83d\"", body, StringComparison.Ordinal);
        Assert.Contains("\"finish_reason\":\"model_length\"", body, StringComparison.Ordinal);
        Assert.EndsWith("data: [DONE]\n\n", body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rules_go_before_the_queue_until_they_are_forgotten()
    {
        _provider.When(request => request.LastUserMessage == "rule", Reply.Of("ruled"));
        _provider.Answer("queued");
        Assert.Equal(["ruled"], (await StreamAsync("rule")).Texts);
        Assert.Equal(["queued"], (await StreamAsync("other")).Texts);
        _provider.Forget();
        Assert.Equal(["rule"], (await StreamAsync("rule")).Texts);
    }

    [Fact]
    public async Task Embeddings_meet_by_meaning_and_can_fail()
    {
        var embeddings = _client.GetEmbeddingClient("scripted");
        OpenAIEmbeddingCollection vectors = await embeddings.GenerateEmbeddingsAsync(
            ["I left my umbrella at home", "parapluie oublié", "quarterly report on turnips"], new EmbeddingGenerationOptions { Dimensions = 128 });
        var (umbrella, parapluie, report) = (vectors[0].ToFloats(), vectors[1].ToFloats(), vectors[2].ToFloats());
        Assert.Equal(128, umbrella.Length);
        Assert.True(TensorPrimitives.CosineSimilarity(umbrella.Span, parapluie.Span) > 0.5);
        Assert.True(TensorPrimitives.CosineSimilarity(umbrella.Span, report.Span) < 0.35);

        _provider.When(request => !request.IsChat, Reply.Failure(503));
        await Assert.ThrowsAsync<ClientResultException>(() => embeddings.GenerateEmbeddingAsync("anything"));
    }

    private async Task<(IReadOnlyList<string> Texts, ChatFinishReason? Reason, ChatTokenUsage? Usage)> StreamAsync(string question)
    {
        List<string> texts = [];
        ChatFinishReason? reason = null;
        ChatTokenUsage? usage = null;
        await foreach (var update in _client.GetChatClient("scripted").CompleteChatStreamingAsync(question))
        {
            texts.AddRange(update.ContentUpdate.Select(part => part.Text).Where(text => text.Length > 0));
            reason ??= update.FinishReason;
            usage ??= update.Usage;
        }
        return (texts, reason, usage);
    }

    private static async Task<string?> NextTextAsync(IAsyncEnumerator<StreamingChatCompletionUpdate> stream)
    {
        while (await stream.MoveNextAsync())
            if (stream.Current.ContentUpdate is [{ Text.Length: > 0 } part, ..])
                return part.Text;
        return null;
    }

    private static OpenAIClient ClientOf(Uri endpoint) => new(
        new ApiKeyCredential("key"),
        new OpenAIClientOptions { Endpoint = endpoint, RetryPolicy = new ClientRetryPolicy(maxRetries: 0) });
}
