using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Konscious.Security.Cryptography;
using Microsoft.Extensions.Options;

namespace ChatService.Data;

/// <summary>
/// Argon2id with 19 MiB, two passes, one lane (OWASP's second choice of equal strength), as PHC strings.
/// One hash is made at a time, unless configured otherwise: each takes a core for some 50 ms, and the rest of the service needs the other one.
/// </summary>
public sealed class PasswordHasher(IOptions<SecurityOptions> options)
{
    private const int MemoryKib = 19_456;
    private const int Passes = 2;
    private const int Lanes = 1;
    private const int SaltBytes = 16;
    private const int HashBytes = 32;
    private static readonly ChatError _overloaded =
        new(ErrorCode.Overloaded, "Too many sign-ins at once.", RetryAfter: TimeSpan.FromSeconds(1));

    private readonly SemaphoreSlim _turn = new(options.Value.HashesAtOnce);
    private readonly int _most = options.Value.HashesAtOnce + options.Value.HashesWaiting;
    private int _waiting;

    /// <returns>The PHC string of a new salt; OVERLOADED when the queue is full.</returns>
    public async Task<Result<string>> HashAsync(string password, CancellationToken ct)
    {
        var salt = RandomNumberGenerator.GetBytes(SaltBytes);
        var hash = await DeriveAsync(password, salt, MemoryKib, Passes, Lanes, ct);
        if (hash.Failed) return hash.Error;
        return string.Create(
            CultureInfo.InvariantCulture, $"$argon2id$v=19$m={MemoryKib},t={Passes},p={Lanes}${Encode(salt)}${Encode(hash.Value)}");
    }

    /// <summary>Compares in constant time. For an unknown name pass null: that takes as long and is never right.</summary>
    public async Task<Result<bool>> VerifyAsync(string password, string? stored, CancellationToken ct)
    {
        if (stored is null || Parse(stored) is not { } phc)
        {
            var dummy = await DeriveAsync(password, new byte[SaltBytes], MemoryKib, Passes, Lanes, ct);
            return dummy.Failed ? dummy.Error : false;
        }

        var hash = await DeriveAsync(password, phc.Salt, phc.Memory, phc.Passes, phc.Lanes, ct);
        return hash.Failed ? hash.Error : CryptographicOperations.FixedTimeEquals(hash.Value, phc.Hash);
    }

    /// <summary>Whether the hash was made with less than today's cost.</summary>
    public static bool IsWeak(string stored) => Parse(stored) is not { } phc || phc.Memory < MemoryKib || phc.Passes < Passes;

    private async Task<Result<byte[]>> DeriveAsync(string password, byte[] salt, int memory, int passes, int lanes, CancellationToken ct)
    {
        if (Interlocked.Increment(ref _waiting) > _most)
        {
            Interlocked.Decrement(ref _waiting);
            return _overloaded;
        }

        try
        {
            await _turn.WaitAsync(ct);
            try
            {
                // Pure computing: a thread of the pool does it, not the caller's.
                return await Task.Run(
                    () =>
                    {
                        using var argon = new Argon2id(Encoding.UTF8.GetBytes(password));
                        (argon.Salt, argon.MemorySize, argon.Iterations, argon.DegreeOfParallelism) = (salt, memory, passes, lanes);
                        return argon.GetBytes(HashBytes);
                    },
                    ct);
            }
            finally
            {
                _turn.Release();
            }
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }

    private static (int Memory, int Passes, int Lanes, byte[] Salt, byte[] Hash)? Parse(string stored)
    {
        var parts = stored.Split('$');
        if (parts is not ["", "argon2id", "v=19", var cost, var salt, var hash]) return null;
        var costs = cost.Split(',');
        return costs is [['m', '=', .. var m], ['t', '=', .. var t], ['p', '=', .. var p]]
            ? (int.Parse(m, CultureInfo.InvariantCulture), int.Parse(t, CultureInfo.InvariantCulture), int.Parse(p, CultureInfo.InvariantCulture), Decode(salt), Decode(hash))
            : null;
    }

    /// <summary>PHC strings have base64 without padding.</summary>
    private static string Encode(byte[] bytes) => Convert.ToBase64String(bytes).TrimEnd('=');

    private static byte[] Decode(string text) => Convert.FromBase64String(text.PadRight((text.Length + 3) / 4 * 4, '='));
}
