using System.Runtime.InteropServices;

namespace OpenConfirm.Lab.Namespaces;

/// <summary>
/// Makes setgroups(2) answer "done" without doing anything, for this thread and what it starts. In a user namespace of a plain
/// user the kernel refuses that call, and daemons that change to an account of their own take the refusal for fatal; their
/// account is the namespace's only user here (<see cref="Accounts"/>), so that nothing is lost by not doing it.
/// </summary>
internal static class SetgroupsFilter
{
    private const int SetSeccomp = 22;
    private const int FilterMode = 2;
    private const uint Allow = 0x7fff0000;
    private const uint ErrnoZero = 0x00050000;
    private const ushort Load = 0x20;
    private const ushort JumpIfEqual = 0x15;
    private const ushort Return = 0x06;
    private const uint OffsetOfNumber = 0;
    private const uint OffsetOfArchitecture = 4;

    public static unsafe void Install()
    {
        // Numbers: the kernel's tables of system calls; architectures: linux/audit.h.
        (uint Architecture, uint Number)? here = RuntimeInformation.OSArchitecture switch
        {
            Architecture.X64 => (0xC000003E, 116),
            Architecture.Arm64 => (0xC00000B7, 159),
            _ => null,
        };
        if (here is not var (architecture, number))
            return;
        var filter = stackalloc Instruction[]
        {
            new(Load, 0, 0, OffsetOfArchitecture),
            new(JumpIfEqual, 0, 3, architecture),
            new(Load, 0, 0, OffsetOfNumber),
            new(JumpIfEqual, 0, 1, number),
            new(Return, 0, 0, ErrnoZero),
            new(Return, 0, 0, Allow),
        };
        var program = new Program { Length = 6, Filter = filter };
        if (Libc.Control(SetSeccomp, FilterMode, &program, 0, 0) != 0)
            throw new LabException(Libc.Error("seccomp"));
    }

    [StructLayout(LayoutKind.Sequential)]
    private readonly struct Instruction(ushort code, byte ifTrue, byte ifFalse, uint value)
    {
        public readonly ushort Code = code;
        public readonly byte IfTrue = ifTrue;
        public readonly byte IfFalse = ifFalse;
        public readonly uint Value = value;
    }

    [StructLayout(LayoutKind.Sequential)]
    private unsafe struct Program
    {
        public ushort Length;
        public Instruction* Filter;
    }
}
