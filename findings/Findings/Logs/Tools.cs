namespace OpenConfirm.Findings.Logs;

/// <summary>Which program wrote a diagnostic, by its own name or by the file it complains of.</summary>
internal static class Tools
{
    /// <summary>gcc or clang: known for certain only at the end of the log.</summary>
    public const string Compiler = "cc";

    /// <summary>Null when the name is none of a build's programs.</summary>
    public static string? ByProgram(string program)
    {
        var name = program[(program.LastIndexOf('/') + 1)..];
        return name switch
        {
            "cc" or "cpp" or "c++" or "cc1" or "cc1plus" or "lto1" or "lto-wrapper" => Compiler,
            "autoreconf" or "autoconf" or "autoheader" or "autom4te" or "aclocal" or "m4" => "autoconf",
            "automake" or "libtool" or "libtoolize" or "bison" or "flex" or "as" => name.Replace("libtoolize", "libtool"),
            _ when name.Contains("gcc") || name.Contains("g++") || name.Contains("clang") => Compiler,
            _ => null,
        };
    }

    public static string ByFile(string path) => Text.Extension(path) switch
    {
        ".y" or ".yy" => "bison",
        ".l" or ".ll" => "flex",
        ".ac" or ".m4" => "autoconf",
        ".am" => "automake",
        ".s" => "as",
        ".mk" => "make",
        ".py" => "python",
        ".texi" => "texinfo",
        _ => path.EndsWith("Makefile", StringComparison.Ordinal) ? "make" : Compiler,
    };

    /// <summary>A file that a compiler is started on, as opposed to one that is included.</summary>
    public static bool IsUnit(string path) => Text.Extension(path) is ".c" or ".cc" or ".cpp" or ".cxx" or ".S" or ".s";
}
