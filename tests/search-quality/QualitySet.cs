using System.Text.Json;

namespace ChatService.SearchQuality;

public sealed record QualityMessage(long Id, string Conversation, string Role, string Content);

/// <param name="Relevant">Message ids with a grade: 3 answers, 2 helps, 1 touches the subject.</param>
public sealed record Question(string Kind, string Query, IReadOnlyDictionary<long, int> Relevant);

/// <summary>The messages and questions beside this file, written for it.</summary>
public sealed record QualitySet(IReadOnlyList<QualityMessage> Messages, IReadOnlyList<Question> Questions)
{
    public static async Task<QualitySet> ReadAsync() =>
        new(await ReadAsync<QualityMessage>("messages.json"), await ReadAsync<Question>("questions.json"));

    private static async Task<IReadOnlyList<T>> ReadAsync<T>(string file)
    {
        await using var stream = File.OpenRead(Path.Combine(AppContext.BaseDirectory, file));
        return await JsonSerializer.DeserializeAsync<List<T>>(stream, JsonSerializerOptions.Web)
            ?? throw new InvalidDataException($"{file} holds null.");
    }
}
