namespace CivicSense.Release.Tests.Leadership;

/// <summary>The table of docs/decisions/0016-leader.md.</summary>
public sealed class SuccessionTests
{
    [Fact]
    public void Who_follows_nobody_gives_up_whatever_does_not_agree()
    {
        foreach (var finding in Enum.GetValues<FenceFinding>())
            Assert.Equal(Agrees(finding) ? SuccessionStep.GoOn : SuccessionStep.GiveUp,
                Succession.OfNobody.Resolve(finding, isSuperseded: true));
    }

    [Fact]
    public void The_database_s_head_is_adopted_only_from_another_process_with_a_known_history_that_was_vouched_for()
    {
        foreach (var (succession, finding, isSuperseded) in Everything())
        {
            if (succession.Resolve(finding, isSuperseded) == SuccessionStep.Adopt)
                Assert.True(succession is { FollowsAnother: true, KnowsHistory: true, SawItVouchedFor: true } && !Agrees(finding));
        }
    }

    [Fact]
    public void A_database_older_than_what_was_published_is_given_up_at_once()
    {
        foreach (var (succession, finding, isSuperseded) in Everything())
        {
            if (finding == FenceFinding.DatabaseIsOlder && !(isSuperseded && succession is { FollowsAnother: true, KnowsHistory: true }))
                Assert.Equal(SuccessionStep.GiveUp, succession.Resolve(finding, isSuperseded));
        }
    }

    [Fact]
    public void Nobody_waits_for_ever()
    {
        foreach (var (succession, finding, isSuperseded) in Everything())
            Assert.NotEqual(SuccessionStep.Wait, (succession with { HasWaited = true }).Resolve(finding, isSuperseded));
    }

    static bool Agrees(FenceFinding finding) => finding is FenceFinding.InOrder or FenceFinding.Committed or FenceFinding.CutOff;

    static IEnumerable<(Succession Succession, FenceFinding Finding, bool IsSuperseded)> Everything() =>
        from finding in Enum.GetValues<FenceFinding>()
        from bits in Enumerable.Range(0, 64)
        select (new Succession((bits & 1) > 0, (bits & 2) > 0, (bits & 4) > 0, (bits & 8) > 0, (bits & 32) > 0), finding, (bits & 16) > 0);
}
