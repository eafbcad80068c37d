namespace OpenConfirm.Store.Tests;

public sealed class FindingIdTests
{
    [TestCase("F-7KQ2M", "F-7KQ2M")]
    [TestCase("f-7kq2m", "F-7KQ2M")]
    [TestCase("F-OIL00", "F-01100", TestName = "Letters_that_look_like_digits_are_digits")]
    [TestCase("F-7KQ2", null)]
    [TestCase("F-7KQ2U", null)]
    [TestCase("7KQ2M", null)]
    [TestCase("F-7KQ2\n", null)]
    [TestCase("F-\u0667KQ2M", null)]
    [TestCase("", null)]
    public void Is_read_as_people_write_it(string text, string? expected) => Assert.That(FindingId.Parse(text), Is.EqualTo(expected));

    [Test]
    public void Grows_when_short_ones_are_taken()
    {
        var candidates = FindingId.Candidates("p", "f", 1).ToList();
        Assert.That(candidates, Is.Unique.And.All.Matches<string>(c => FindingId.Parse(c!) == c));
        Assert.That(candidates.Select(c => c.Length), Is.Ordered);
        Assert.That(candidates[^1], Has.Length.GreaterThan(candidates[0].Length));
    }
}
