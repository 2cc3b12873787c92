using System.Collections.Immutable;
using CivicSense.Commons;

namespace CivicSense.Estimation;

/// <summary>A plan with what follows from it: its windows, the tree of its areas, and the imagined households of its day.</summary>
sealed class PlanContext
{
    public PlanContext(ReleasePlan plan)
    {
        Plan = plan;
        Zone = TimeZoneInfo.FindSystemTimeZoneById(plan.TimeZone);
        Windows = [.. plan.Day.Windows(Zone).Where(window => window >= plan.FirstWindow)];
        Households = new HouseholdDay(plan);
        var areas = plan.Areas.Select(planned => planned.Area).ToImmutableArray();
        Nodes = [.. AreaTree.Build(areas).Nodes.Select(node => new SummaryNode(node.Area, [.. node.ReleaseAreas.Select(area => areas.IndexOf(area))]))];
    }

    public ReleasePlan Plan { get; }

    public TimeZoneInfo Zone { get; }

    public ImmutableArray<HourWindow> Windows { get; }

    public HouseholdDay Households { get; }

    /// <summary>The areas to estimate, each with the numbers of the release areas that it is made of.</summary>
    public ImmutableArray<SummaryNode> Nodes { get; }

    public int IndexOf(Quantity quantity)
    {
        for (var i = 0; i < Plan.Quantities.Length; i++)
        {
            if (Plan.Quantities[i].Quantity == quantity)
                return i;
        }
        return -1;
    }
}

/// <summary>An area to estimate and the release areas it is made of, by their numbers in the plan.</summary>
sealed record SummaryNode(Area Area, ImmutableArray<int> Parts);
