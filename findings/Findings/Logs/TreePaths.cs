namespace OpenConfirm.Findings.Logs;

/// <summary>
/// Turns the paths of a log into paths relative to the tree. They are relative to the directory of the make
/// that ran the compiler, which only make's own "Entering directory" lines tell: with parallel makes in several
/// directories, or with <c>--no-print-directory</c>, a relative path can be put under the wrong directory.
/// </summary>
internal sealed class TreePaths(string root)
{
    private const int MaxDepth = 64;
    private readonly string _root = Normalize(root);
    private readonly List<string> _entered = [];

    /// <summary>Directory that relative paths start from, relative to the tree; empty for the root.</summary>
    public string Directory => _entered.Count == 0 ? "" : Relative(_entered[^1]);

    public void Enter(string directory)
    {
        if (_entered.Count < MaxDepth)
            _entered.Add(Absolute(directory));
    }

    public void Leave(string directory)
    {
        var at = _entered.LastIndexOf(Absolute(directory));
        if (at >= 0)
            _entered.RemoveAt(at);
    }

    /// <summary>Relative to the tree with '/', or absolute when outside of it.</summary>
    public string Resolve(string path) => Relative(Absolute(path));

    /// <summary>Null for what is no file to look at: <c>&lt;command-line&gt;</c>, standard input, the driver's temporary files.</summary>
    public SourceLocation? Locate(string path, int line = 0, int column = 0) =>
        path.Length == 0 || path[0] is '<' or '{' || path.StartsWith("/tmp/cc", StringComparison.Ordinal)
            ? null
            : new SourceLocation(Resolve(path), line, column);

    public static bool IsInTree(SourceLocation location) => !location.Path.StartsWith('/');

    private string Absolute(string path) =>
        Normalize(path.StartsWith('/') ? path : $"{(_entered.Count == 0 ? _root : _entered[^1])}/{path}");

    private string Relative(string absolute) =>
        absolute.Length > _root.Length && absolute.StartsWith(_root, StringComparison.Ordinal) &&
        (_root == "/" || absolute[_root.Length] == '/')
            ? absolute[_root.Length..].TrimStart('/')
            : absolute == _root ? "" : absolute;

    /// <summary>Resolves '.', '..' and '//' as text; symbolic links are not looked at, since the tree is in another machine.</summary>
    private static string Normalize(string path)
    {
        var parts = new List<string>();
        foreach (var part in path.Split('/'))
        {
            if (part == ".." && parts.Count > 0)
                parts.RemoveAt(parts.Count - 1);
            else if (part is not ("" or "." or ".."))
                parts.Add(part);
        }

        return "/" + string.Join('/', parts);
    }
}
