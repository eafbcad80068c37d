namespace OpenConfirm.Findings.Tests;

public sealed class NearestAssignmentTests
{
    /// <summary>Cheapest pair first would take 13-12, then 10-4, and leave 17: 7 lines in all instead of 6.</summary>
    [Test]
    public void Is_the_nearest_on_the_whole_and_not_the_cheapest_pair_first() =>
        Assert.That(NearestAssignment.Pair([10, 13], [4, 12, 17]), Is.EqualTo(new[] { 1, 2 }));

    [Test]
    public void As_many_on_both_sides_keep_their_order() =>
        Assert.That(NearestAssignment.Pair([1, 2, 3], [3, 4, 100]), Is.EqualTo(new[] { 0, 1, 2 }));

    [Test]
    public void Beyond_its_limit_the_first_ones_are_paired_in_order() =>
        Assert.That(NearestAssignment.Pair([10, 13], [4, 12, 17], maxCells: 3), Is.EqualTo(new[] { 0, 1 }));

    [Test]
    public void Costs_no_more_than_any_other_assignment([Range(1, 200)] int seed)
    {
        var random = new Random(seed);
        var many = Positions(random.Next(1, 8));
        var few = Positions(random.Next(0, many.Length + 1));
        var pairs = NearestAssignment.Pair(few, many);

        Assert.That(pairs, Is.Unique.And.Ordered.And.All.InRange(0, many.Length - 1));
        Assert.That(few.Select((f, i) => Math.Abs(f - many[pairs[i]])).Sum(), Is.EqualTo(Cheapest(0, new bool[many.Length])));

        long[] Positions(int count) => [.. Enumerable.Range(0, count).Select(_ => (long)random.Next(30)).Order()];

        long Cheapest(int from, bool[] taken) => from == few.Length
            ? 0
            : Enumerable.Range(0, many.Length).Where(i => !taken[i]).Min(i =>
            {
                taken[i] = true;
                var cost = Math.Abs(few[from] - many[i]) + Cheapest(from + 1, taken);
                taken[i] = false;
                return cost;
            });
    }
}
