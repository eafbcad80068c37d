using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace OpenConfirm.Lab.Daemons;

/// <summary>What a program file says of the machine that it is for. Source: elf(5).</summary>
/// <param name="Machine">e_machine.</param>
/// <param name="Is64">Its class is 64 bits.</param>
/// <param name="IsLittle">The least significant octet comes first.</param>
/// <param name="Loader">The dynamic loader that it names, or null when it needs none.</param>
internal sealed record ElfHeader(ushort Machine, bool Is64, bool IsLittle, string? Loader)
{
    private const ushort I386 = 3, Mips = 8, Ppc64 = 21, S390 = 22, Arm = 40, Amd64 = 62, Arm64 = 183, Riscv = 243, LoongArch = 258;
    private const int LoaderEntry = 3; // PT_INTERP
    private const int Longest = 4096;

    /// <summary>Programs of it run here without help.</summary>
    public bool IsOurs => RuntimeInformation.OSArchitecture switch
    {
        Architecture.X64 => Machine is Amd64 or I386,
        Architecture.Arm64 => Machine is Arm64,
        _ => false,
    };

    /// <summary>The name of its CPU as qemu-user has it; null for one that nobody builds routers for.</summary>
    public string? Cpu => (Machine, Is64, IsLittle) switch
    {
        (I386, _, _) => "i386",
        (Amd64, _, _) => "x86_64",
        (Arm64, _, true) => "aarch64",
        (Arm, _, true) => "arm",
        (Ppc64, true, true) => "ppc64le",
        (Ppc64, true, false) => "ppc64",
        (S390, true, false) => "s390x",
        (Mips, true, true) => "mips64el",
        (Mips, true, false) => "mips64",
        (Mips, false, true) => "mipsel",
        (Mips, false, false) => "mips",
        (Riscv, true, true) => "riscv64",
        (LoongArch, true, true) => "loongarch64",
        _ => null,
    };

    /// <summary>Reads it; null when the file is no such program, but a script.</summary>
    public static ElfHeader? Read(string file)
    {
        using var stream = File.OpenRead(file);
        var head = new byte[64];
        if (stream.ReadAtLeast(head, head.Length, throwOnEndOfStream: false) < head.Length || !head.AsSpan(0, 4).SequenceEqual("\u007fELF"u8))
            return null;
        var (is64, isLittle) = (head[4] == 2, head[5] == 1);
        var reader = new Fields(isLittle);
        return new(reader.U16(head, 18), is64, isLittle, LoaderOf(stream, head, is64, reader));
    }

    private static string? LoaderOf(FileStream stream, byte[] head, bool is64, Fields fields)
    {
        var start = is64 ? fields.U64(head, 32) : fields.U32(head, 28);
        int size = fields.U16(head, is64 ? 54 : 42), count = fields.U16(head, is64 ? 56 : 44);
        var entry = new byte[Math.Max(size, 64)];
        for (var i = 0; i < count; i++)
        {
            if (Load(stream, (long)start + ((long)i * size), entry) && fields.U32(entry, 0) == LoaderEntry)
            {
                var at = is64 ? fields.U64(entry, 8) : fields.U32(entry, 4);
                var name = new byte[Math.Min(Longest, is64 ? fields.U64(entry, 32) : fields.U32(entry, 16))];
                return Load(stream, (long)at, name) ? Encoding.UTF8.GetString(name).TrimEnd('\0') : null;
            }
        }

        return null;
    }

    private static bool Load(FileStream stream, long offset, byte[] into)
    {
        if (offset < 0 || offset >= stream.Length)
            return false;
        stream.Position = offset;
        return stream.ReadAtLeast(into, into.Length, throwOnEndOfStream: false) > 0;
    }

    /// <summary>Numbers in the file's own order of octets.</summary>
    private readonly record struct Fields(bool IsLittle)
    {
        public ushort U16(byte[] from, int at) => IsLittle ? BinaryPrimitives.ReadUInt16LittleEndian(from.AsSpan(at)) : BinaryPrimitives.ReadUInt16BigEndian(from.AsSpan(at));

        public uint U32(byte[] from, int at) => IsLittle ? BinaryPrimitives.ReadUInt32LittleEndian(from.AsSpan(at)) : BinaryPrimitives.ReadUInt32BigEndian(from.AsSpan(at));

        public ulong U64(byte[] from, int at) => IsLittle ? BinaryPrimitives.ReadUInt64LittleEndian(from.AsSpan(at)) : BinaryPrimitives.ReadUInt64BigEndian(from.AsSpan(at));
    }
}
