using System.Runtime.CompilerServices;
using System.Text;

namespace OpenConfirm.Wire;

/// <summary>The elements around a field, for saying where something went wrong; they cost nothing until then.</summary>
internal struct WirePath
{
    /// <summary>Deeper nesting is hostile, and must not cost the stack.</summary>
    public const int Deepest = 24;

    private Steps _steps;
    private int _depth;

    /// <summary>Elements that are around.</summary>
    public int Depth { readonly get => _depth; set => _depth = value; }

    /// <summary>Whether there is room for one more.</summary>
    public readonly bool IsFull => _depth == Deepest;

    public void Push(string name, int index) => _steps[_depth++] = new Step(name, index);

    public void Pop() => _depth--;

    /// <summary>"Path Attributes[2].Length".</summary>
    public readonly string To(string name)
    {
        var path = new StringBuilder();
        for (var i = 0; i < _depth; i++)
            path.Append(_steps[i].Name).Append('[').Append(_steps[i].Index).Append("].");
        return path.Append(name).ToString();
    }

    private readonly record struct Step(string Name, int Index);

    [InlineArray(Deepest)]
    private struct Steps
    {
        private Step _first;
    }
}
