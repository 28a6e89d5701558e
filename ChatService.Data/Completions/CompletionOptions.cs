using System.ComponentModel.DataAnnotations;

namespace ChatService.Data;

/// <summary>Which models answer, and how long everything may take.</summary>
public sealed class CompletionOptions
{
    public const string Section = "Completions";

    /// <summary>The first one is the default. Without any, the built-in <c>offline</c> responder answers.</summary>
    public IList<ModelOptions> Models { get; } = [];

    /// <summary>
    /// The name of the configured model that titles conversations which were begun without a title. Default: none, the title is the
    /// question's first words.
    /// </summary>
    public string? TitleModel { get; set; }

    /// <summary>Completions made at once by this instance, 1 to 10,000. Default 256; one more is OVERLOADED.</summary>
    [Range(1, 10_000)]
    public int MaximumRunning { get; set; } = 256;

    /// <summary>A completion whose maker has not been heard of for so long is interrupted. Default 30 seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "01:00:00")]
    public TimeSpan Lease { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Between two renewals of the leases, and two looks for those that ran out. Default 10 seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:00.02", "00:10:00")]
    public TimeSpan LeaseRenewal { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Between two looks at what other instances make and cancel. Default 1 second.</summary>
    [Range(typeof(TimeSpan), "00:00:00.02", "00:01:00")]
    public TimeSpan Sweep { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How much of an answer a killed process may lose. Default 250 milliseconds.</summary>
    [Range(typeof(TimeSpan), "00:00:00.01", "00:00:10")]
    public TimeSpan FlushInterval { get; set; } = TimeSpan.FromMilliseconds(250);

    /// <summary>What arrives within so long goes to a watcher as one piece. Default 50 milliseconds.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:00:10")]
    public TimeSpan JoinInterval { get; set; } = TimeSpan.FromMilliseconds(50);

    /// <summary>To reach the provider. Default 5 seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:00.05", "00:10:00")]
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>From the request to the first token. Default 60 seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:00.05", "01:00:00")]
    public TimeSpan FirstTokenTimeout { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>From one token to the next. Default 60 seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:00.05", "01:00:00")]
    public TimeSpan TokenTimeout { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>For the whole answer. Default 10 minutes.</summary>
    [Range(typeof(TimeSpan), "00:00:00.05", "1.00:00:00")]
    public TimeSpan TotalTimeout { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>What running answers get to finish when the service stops. Default 15 seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:10:00")]
    public TimeSpan DrainTimeout { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>Between two words of the offline responder. Default 20 milliseconds.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:00:10")]
    public TimeSpan OfflineWordDelay { get; set; } = TimeSpan.FromMilliseconds(20);
}

/// <summary>One model behind an OpenAI-compatible endpoint: OpenAI, Azure's /openai/v1, Ollama, vLLM, llama.cpp, Mistral.</summary>
public sealed class ModelOptions
{
    /// <summary>What clients call it. Default: the <see cref="ModelId"/>.</summary>
    public string? Name { get; set; }

    /// <summary><c>openai</c>, which stands for every compatible server.</summary>
    [Required, RegularExpression("^openai$", ErrorMessage = "Completions:Models:Provider is openai, which stands for every compatible server.")]
    public string Provider { get; set; } = "openai";

    /// <summary>The base address, such as <c>http://localhost:11434/v1</c>. Default: OpenAI's own.</summary>
    public Uri? Endpoint { get; set; }

    /// <summary>What the provider calls it.</summary>
    [Required]
    public string ModelId { get; set; } = "";

    /// <summary>Local servers need none.</summary>
    public string? ApiKey { get; set; }

    /// <summary>Tokens of prompt and answer together, 256 or more. Default 8,192.</summary>
    [Range(256, 100_000_000)]
    public int ContextTokens { get; set; } = 8_192;

    /// <summary>Tokens of one answer, 1 or more and less than the context. Default 2,048.</summary>
    [Range(1, 100_000_000)]
    public int MaxOutputTokens { get; set; } = 2_048;

    /// <summary>
    /// The name by which this server reads the limit of output tokens, <c>max_completion_tokens</c> or <c>max_tokens</c>.
    /// Default: the first, which is OpenAI's own, for OpenAI and Azure; the second, which all others kept, elsewhere.
    /// </summary>
    [RegularExpression("^max_(completion_)?tokens$", ErrorMessage = "Completions:Models:MaxTokensField is max_completion_tokens or max_tokens.")]
    public string? MaxTokensField { get; set; }

    /// <summary>Whether the usage is asked for, by <c>stream_options</c>. Default true; false for servers that refuse what they do not know.</summary>
    public bool AsksForUsage { get; set; } = true;
}
