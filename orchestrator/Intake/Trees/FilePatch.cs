namespace OpenConfirm.Intake.Trees;

/// <summary>One hunk. Lines are strings of Latin-1 characters that stand for bytes, without line feeds.</summary>
/// <param name="Header">The line that begins with "@@".</param>
/// <param name="OldStart">Line it expects to begin at, from 1.</param>
/// <param name="Lines">Its lines with their first character (' ', '-', '+', '\').</param>
internal sealed record Hunk(string Header, int OldStart, IReadOnlyList<string> Lines)
{
    /// <summary>What a last line without a line feed ends with, here and in the lines of files that hunks are held against.</summary>
    public const string NoLineEnd = "\n\\ No newline at end of file";

    /// <summary>What the file must hold: context and removed lines.</summary>
    public IReadOnlyList<string> Before
    {
        get
        {
            var before = new List<string>();
            var last = ' ';
            foreach (var line in Lines)
            {
                if (line.StartsWith('\\') && last != '+' && before.Count > 0)
                    before[^1] += NoLineEnd;
                last = line.Length == 0 ? ' ' : line[0];
                if (last is ' ' or '-' or '\r')
                    before.Add(line.Length == 0 ? "" : line[1..]);
            }
            return before;
        }
    }

    /// <summary>What it adds, for finding the hunk that a conflict is about.</summary>
    public IEnumerable<string> Added => Lines.Where(l => l.StartsWith('+')).Select(l => l[1..]);
}

/// <summary>What a patch does to one file. Names are as git strips them (without a/ and b/); null stands for /dev/null.</summary>
internal sealed record FilePatch
{
    /// <summary>Name in the base.</summary>
    public string? OldName { get; set; }

    /// <summary>Name in the result.</summary>
    public string? NewName { get; set; }

    /// <summary>Id of the blob that it was made from, as far as its index line has it; hexadecimal.</summary>
    public string? OldBlob { get; set; }

    /// <summary>Id of the blob that it makes; binary contents that the repository has under it are taken from there.</summary>
    public string? NewBlob { get; set; }

    /// <summary>All names as the patch writes them, for the check of where they lead.</summary>
    public List<string> WrittenNames { get; } = [];

    /// <summary>It carries or announces binary content.</summary>
    public bool IsBinary { get; set; }

    /// <summary>What its binary contents claim to grow to, bytes.</summary>
    public long BinaryBytes { get; set; }

    /// <summary>It says "Binary files differ" and leaves the content out.</summary>
    public bool LacksContent { get; set; }

    /// <summary>Its header says that it makes the file.</summary>
    public bool IsNew { get; set; }

    /// <summary>Its header says that it takes the file away.</summary>
    public bool IsDeleted { get; set; }

    /// <summary>What of its header cannot be taken as it stands, for a person: "has two index lines"; null for a sound one.</summary>
    public string? Oddity { get; set; }

    /// <summary>It makes or changes a submodule.</summary>
    public bool IsSubmodule { get; set; }

    /// <summary>Its hunks.</summary>
    public List<Hunk> Hunks { get; } = [];

    /// <summary>The hunk line that cannot be part of a diff, and what it looks like; null for a sound patch.</summary>
    public string? Damage { get; set; }

    /// <summary>Header of the hunk that holds the damage.</summary>
    public string? DamagedHunk { get; set; }

    /// <summary>Index of the line behind it; what follows up to the next file is nothing to git.</summary>
    public int End { get; set; }

    /// <summary>The name to show.</summary>
    public string Name => OldName ?? NewName ?? "";
}
