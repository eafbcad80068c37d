using OpenConfirm.Findings;
using OpenConfirm.Model;

namespace OpenConfirm.Farm;

/// <summary>What one prefix after the other says of a finding, and the patch that follows from it.</summary>
/// <param name="finding">What is new in the patched tree, or fixed in it.</param>
/// <param name="isNew">Which of the two.</param>
/// <param name="patched">What was looked at in the patched tree.</param>
internal sealed class FindingTrail(Finding finding, bool isNew, Coverage patched)
{
    private enum Sight
    {
        /// <summary>The prefix is no witness: it could not show the finding, or its silence says nothing.</summary>
        Unseen,
        Absent,
        Shown,
    }

    private readonly Sight _atHead = isNew ? Sight.Shown : Sight.Absent;

    /// <summary>What the last making of what shows it said; make does nothing for what did not change, and that still holds then.</summary>
    private Sight _made = isNew ? Sight.Absent : Sight.Shown;

    private Sight _last = isNew ? Sight.Absent : Sight.Shown;

    /// <summary>The last prefix, from 0, that is witness of the contrary; -1 is the base.</summary>
    private int _contrary = -1;
    private int? _first;
    private bool _isCertain;

    /// <summary>The finding.</summary>
    public Finding Finding => finding;

    /// <summary>Whether no prefix was yet as the patched tree is.</summary>
    public bool IsOpen => _first is null;

    /// <summary>
    /// The patch, from 0; null when prefixes that are no witnesses lie between the last that was as the base and the first that
    /// is as the patched tree: any of their patches may have done it.
    /// </summary>
    public int? Patch => _isCertain ? _first : null;

    /// <summary>Whether the longest of so many prefixes is witness of the contrary: what is so at last is the next patch's then.</summary>
    public bool IsContraryAfter(int prefixes) => IsOpen && _contrary == prefixes - 1;

    /// <summary>Adds the next prefix.</summary>
    /// <param name="index">Its patch, from 0.</param>
    /// <param name="isShown">Whether it shows the finding; null when it is known to be gone.</param>
    /// <param name="prefix">What was looked at in it.</param>
    /// <param name="place">Where the finding is in it and what its patch has to do with that.</param>
    public void Add(int index, bool? isShown, Coverage prefix, PrefixPlace place)
    {
        _last = See(isShown, prefix, place);
        if (_last == _atHead)
        {
            if (!IsOpen)
                return;
            _first = index;
            _isCertain = _contrary == index - 1 && !place.MayComeLate;
        }
        else if (_last != Sight.Unseen)
        {
            _contrary = index;
            _first = null;
            _isCertain = false;
        }
    }

    private Sight See(bool? isShown, Coverage prefix, PrefixPlace place)
    {
        if (isShown is null or true)
            return _made = isShown is null ? Sight.Absent : Sight.Shown;
        if (finding.IsTest)
            return prefix.RanTest(finding.Function!) ? Sight.Absent : Sight.Unseen;
        return place.Unit is { } unit ? SeeUnit(unit, prefix, place) : SeeStep(prefix);
    }

    private Sight SeeUnit(string unit, Coverage prefix, PrefixPlace place)
    {
        var passed = prefix.StepsPassed.Contains(finding.Step);
        if (prefix.UnitsFailed.Contains(unit))
            return _made = Sight.Unseen;
        if (prefix.UnitsCompiled.Contains(unit))
        {
            _made = Sight.Absent;

            // With link-time optimisation the warning comes when the step links, unless the patched tree showed it without.
            return passed || !patched.StepsPassed.Contains(finding.Step) ? Sight.Absent : Sight.Unseen;
        }

        // Where the step failed make may have left the unit alone because it could not get there.
        return passed ? _made : place.MayBeTouched ? Sight.Unseen : _last;
    }

    private Sight SeeStep(Coverage prefix)
    {
        if (!prefix.StepsPassed.Contains(finding.Step))
            return Sight.Unseen;
        if (finding.Step != RecipeRunner.Compile)
            return Sight.Absent;

        // A prefix compiles little, and stays within a limit that the whole breaks.
        if (finding.Rule.StartsWith("limit-", StringComparison.Ordinal))
            return Sight.Unseen;
        return finding.Severity == Severity.Error ? Sight.Absent : _made;
    }
}

/// <summary>A finding's place in a prefix.</summary>
/// <param name="Unit">Its translation unit by the name that it has there; null when it has none.</param>
/// <param name="MayBeTouched">Whether the prefix's patch changes anything but other units.</param>
/// <param name="MayComeLate">
/// Whether an earlier step was made again that had not been after an earlier patch, and that patch changed what the step may
/// read: what it does now may be the earlier patch's.
/// </param>
internal readonly record struct PrefixPlace(string? Unit, bool MayBeTouched, bool MayComeLate);
