using System.Text.Json.Serialization;

namespace OpenConfirm.Model;

/// <summary>How a stage ended, apart from what it found. Each case is a type: ours can never be taken for the contributor's.</summary>
[JsonDerivedType(typeof(Completed), "completed")]
[JsonDerivedType(typeof(CodeLimit), "codeLimit")]
[JsonDerivedType(typeof(Infra), "infra")]
[JsonDerivedType(typeof(ApplyFailed), "applyFailed")]
[JsonDerivedType(typeof(Cancelled), "cancelled")]
[JsonDerivedType(typeof(Skipped), "skipped")]
public abstract record Outcome
{
    private Outcome()
    {
    }

    /// <summary>It ran to its end; what it found is in its findings.</summary>
    public sealed record Completed : Outcome;

    /// <summary>The code under test broke a limit (time, memory, processes, disk, output): the contributor's.</summary>
    public sealed record CodeLimit(string Step, string Limit) : Outcome;

    /// <summary>Something of ours failed. Never shown as the contributor's.</summary>
    public sealed record Infra(string What) : Outcome;

    /// <summary>The patches did not apply; nothing was built.</summary>
    public sealed record ApplyFailed : Outcome;

    /// <summary>A person stopped it.</summary>
    public sealed record Cancelled : Outcome;

    /// <summary>It was not run, and why.</summary>
    public sealed record Skipped(string Reason) : Outcome;
}

/// <summary>Something of ours or of the machine failed: a full disk, no container engine. Never the contributor's fault.</summary>
public sealed class InfrastructureException : Exception
{
    /// <summary>Says what failed, where, and what to do.</summary>
    public InfrastructureException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}

/// <summary>What the user gave is wrong: an unknown project, an unreadable file, a bad key. Exit code 2.</summary>
public sealed class UsageException : Exception
{
    /// <summary>Says what is wrong, where, and what to do.</summary>
    public UsageException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}
