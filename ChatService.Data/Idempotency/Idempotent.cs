using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;

namespace ChatService.Data;

/// <summary>What an operation gave, and whether it had been carried out before under the same key.</summary>
public sealed record Once<T>(T Value, bool Replayed);

/// <summary>An operation that is carried out once, however often it is asked for under its key. Without a key it is just carried out.</summary>
internal sealed record Idempotent(IdempotentOperation Operation, string? Key, byte[] PayloadHash)
{
    private static readonly ChatError _conflict =
        new(ErrorCode.IdempotencyConflict, "This idempotency key was used for another request.", ["idempotencyKey"]);

    public static Idempotent Of<T>(IdempotentOperation operation, string? key, T payload) =>
        new(operation, key, SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(payload)));

    /// <returns>The earlier row, or null for the first time; IDEMPOTENCY_CONFLICT when the key was used for something else.</returns>
    public async Task<Result<IdempotencyKey?>> FindAsync(OwnerWork unit, CancellationToken ct)
    {
        if (Key is null) return Result<IdempotencyKey?>.Of(null);
        var earlier = await unit.Db.IdempotencyKeys.SingleOrDefaultAsync(
            k => k.OwnerId == unit.Owner.Id && k.Operation == Operation && k.Key == Key, ct);
        return earlier is null || earlier.PayloadHash.AsSpan().SequenceEqual(PayloadHash) ? Result<IdempotencyKey?>.Of(earlier) : _conflict;
    }

    /// <summary>Saves the key with what came of it, in the same transaction.</summary>
    public void Save(OwnerWork unit, long conversation, long result)
    {
        if (Key is null) return;
        unit.Db.IdempotencyKeys.Add(new IdempotencyKey
        {
            OwnerId = unit.Owner.Id,
            Operation = Operation,
            Key = Key,
            PayloadHash = PayloadHash,
            ResultId = result,
            ConversationId = conversation,
            CreatedAt = unit.Now,
        });
    }
}
