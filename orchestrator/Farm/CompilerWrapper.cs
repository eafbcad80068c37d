using System.Formats.Tar;
using System.Text;

namespace OpenConfirm.Farm;

/// <summary>
/// Scripts that stand before the compilers in a machine's PATH and write down which translation unit was compiled with what
/// exit code. Logs cannot tell it: build systems print what they like, and "no warning" must not be mistaken for "not compiled".
/// The list is written by hostile code and believed only for what it says of that code's own verdicts.
/// </summary>
internal static class CompilerWrapper
{
    /// <summary>Folder in the machine that holds the scripts.</summary>
    public const string Directory = "/work/.openconfirm/bin";

    /// <summary>The list: lines of exit code, directory and source, separated by tabs.</summary>
    public const string UnitsFile = "/work/.openconfirm/units";

    private static readonly string[] Names = ["cc", "gcc", "clang", "c++", "g++", "clang++"];

    private const string Script = """
        #!/bin/sh
        /usr/bin/"${0##*/}" "$@"
        status=$?
        compiles= source=
        for argument in "$@"; do
          case $argument in
            -c) compiles=1 ;;
            -*) ;;
            *.c | *.cc | *.cpp | *.cxx | *.S | *.s) source=$argument ;;
          esac
        done
        [ -n "$compiles" ] && [ -n "$source" ] &&
          printf '%s\t%s\t%s\n' "$status" "$PWD" "$source" >> "$OPENCONFIRM_UNITS"
        exit $status

        """;

    /// <summary>The scripts as a tar stream, rooted at <see cref="Directory"/>.</summary>
    public static MemoryStream Archive()
    {
        var stream = new MemoryStream();
        using (var tar = new TarWriter(stream, TarEntryFormat.Pax, leaveOpen: true))
        {
            foreach (var name in Names)
            {
                tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, name)
                {
                    DataStream = new MemoryStream(Encoding.ASCII.GetBytes(Script)),
                    Mode = (UnixFileMode)0b111_101_101,
                    ModificationTime = DateTimeOffset.UnixEpoch,
                });
            }
        }

        stream.Position = 0;
        return stream;
    }
}
