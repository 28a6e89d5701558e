using System.Diagnostics;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;

namespace ChatService.Tests;

/// <summary>
/// Asks as a careful client does: what got no answer, or was put off, it asks again, under the same key and with the same words, until it
/// is settled. Whatever an answer must never be goes into the journal.
/// </summary>
internal sealed class CarefulClient(RoundService service, string? token, Journal journal) : IDisposable
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(40);
    private static readonly string?[] _putOff = ["STORAGE_UNAVAILABLE", "OVERLOADED", "SHUTTING_DOWN", "CONVERSATION_BUSY"];

    private readonly HttpClient _http = new()
    {
        Timeout = TimeSpan.FromSeconds(30),
        DefaultRequestHeaders = { Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token) },
    };

    /// <summary>Why the last request was put off, whichever it was.</summary>
    private volatile string? _told;

    /// <summary>Asks again and again, until there is an answer.</summary>
    /// <param name="what">For the message when it takes too long.</param>
    /// <param name="ask">Is told the number of the attempt, the first being 1; its answer is null when it is to be asked again.</param>
    public async Task<T> SettleAsync<T>(string what, Func<int, Task<T?>> ask)
        where T : class
    {
        var (since, attempt) = (Stopwatch.StartNew(), 0);
        while (true)
        {
            try
            {
                if (await ask(++attempt) is { } settled) return settled;
            }
            catch (Exception lost) when (lost is HttpRequestException or IOException or OperationCanceledException)
            {
                // Whether it was carried out, nobody knows.
                _told = lost.Message;
            }

            Assert.True(since.Elapsed < _patience, $"{what}: not settled after {attempt} attempts; lastly, {_told}");
            await Task.Delay(_pause);
        }
    }

    /// <summary>The payload of a mutation: carried out, or refused for good.</summary>
    public Task<Payload> MutateAsync(string field, string type, string selection, object input, Func<JsonElement, bool>? isPutOff = null) =>
        SettleAsync($"{field} {JsonSerializer.Serialize(input)}", async attempt =>
        {
            var query = $"mutation($input: {type}!) {{ {field}(input: $input) {{ {selection} errors {{ code }} }} }}";
            if (await AskAsync(query, new { input }) is not { } data) return null;
            var payload = data.GetProperty(field);
            var code = payload.GetProperty("errors") is { } errors && errors.GetArrayLength() > 0 ? errors[0].GetProperty("code").GetString() : null;
            _told = code ?? payload.ToString();
            return _putOff.Contains(code) || (code is null && isPutOff?.Invoke(payload) == true) ? null : new Payload(payload, code, attempt);
        });

    public async Task<JsonElement> QueryAsync(string query, object? variables = null) =>
        (await SettleAsync<Payload>(query, async attempt => await AskAsync(query, variables) is { } data ? new Payload(data, null, attempt) : null)).Data;

    /// <summary>Posts to the facade and hands a good answer to <paramref name="read"/>, whose answer may be null too.</summary>
    public Task<T> PostAsync<T>(string path, object body, string key, Func<HttpResponseMessage, Task<T?>> read)
        where T : class => SettleAsync($"POST {path} {key}", async _ =>
        {
            var (absence, clock) = (journal.Absence, Stopwatch.StartNew());
            using var request = new HttpRequestMessage(HttpMethod.Post, service.At(path)) { Content = JsonContent.Create(body) };
            request.Headers.Add("Idempotency-Key", key);
            using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
            if (IsPutOff(response, absence, clock.Elapsed)) return null;
            if (response.IsSuccessStatusCode) return await read(response);
            var problem = _told = await response.Content.ReadAsStringAsync();
            Assert.True(_putOff.Any(code => problem.Contains($"\"{code}\"", StringComparison.Ordinal)), $"{path} {key}: {problem}");
            return null;
        });

    /// <summary>The results of a subscription, until it ends or breaks.</summary>
    public async IAsyncEnumerable<JsonElement> SubscribeAsync(
        string query, object variables, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ct = default)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, service.At("/graphql")) { Content = JsonContent.Create(new { query, variables }) };
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/event-stream"));
        using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct);
        if (IsPutOff(response, null, TimeSpan.Zero)) yield break;
        await foreach (var item in EventStreamReader.ReadAsync(response, ct))
        {
            if (item.EventType == "complete") yield break;
            var result = JsonElement.Parse(item.Data);
            if (result.TryGetProperty("errors", out var errors) && errors.ValueKind == JsonValueKind.Array)
            {
                Check(errors.EnumerateArray().Select(e => e.GetProperty("extensions").GetProperty("code").GetString()));
                yield break;
            }

            yield return result.GetProperty("data");
        }
    }

    public void Dispose() => _http.Dispose();

    private async Task<JsonElement?> AskAsync(string query, object? variables)
    {
        var (absence, clock) = (journal.Absence, Stopwatch.StartNew());
        using var response = await _http.PostAsJsonAsync(service.At("/graphql"), new { query, variables });
        if (IsPutOff(response, absence, clock.Elapsed)) return null;
        var answer = (await response.Content.ReadFromJsonAsync<GraphQLAnswer>())!;
        Check(answer.Codes);
        if (answer.Errors is not null)
        {
            journal.Refused(absence, clock.Elapsed);
            return null;
        }

        journal.Answered();
        return answer.Data;
    }

    private bool IsPutOff(HttpResponseMessage response, Absence? absence, TimeSpan after)
    {
        var status = (int)response.StatusCode;
        if (status == 500) journal.Note($"An answer with status 500: {response.RequestMessage!.RequestUri}");
        if (status is 429 or 503 && response.Headers.RetryAfter is null) journal.Note($"A {status} without Retry-After");
        if (status == 503) journal.Refused(absence, after);
        if (status is not 429 and < 500) return false;
        _told = $"status {status}";
        return true;
    }

    private void Check(IEnumerable<string?> codes)
    {
        foreach (var code in codes)
        {
            _told = code;
            if (!_putOff.Contains(code)) journal.Note($"An error {code}");
        }
    }
}

/// <summary>What a mutation came to.</summary>
/// <param name="Code">Of the first of its errors; null when it was carried out.</param>
/// <param name="Attempts">The one that is answered here included.</param>
internal sealed record Payload(JsonElement Data, string? Code, int Attempts);
