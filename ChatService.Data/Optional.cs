namespace ChatService.Data;

/// <summary>A field of an update: absent, which changes nothing, or a value, which may be null.</summary>
public readonly record struct Optional<T>
{
    private Optional(T value) => (IsGiven, Value) = (true, value);

    public bool IsGiven { get; }

    public T? Value { get; }

    public static implicit operator Optional<T>(T value) => new(value);
}
