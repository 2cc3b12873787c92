using System.Collections.Immutable;
using CivicSense.Commons;

namespace CivicSense.Estimation;

/// <summary>
/// A plan with what follows from it: its windows, the tree of its areas, its owner counts and the imagined households of its day.
/// </summary>
sealed class PlanContext
{
    readonly Dictionary<Area, int> areaNumbers = [];

    public PlanContext(ReleasePlan plan, OwnerCount[] owners)
    {
        Plan = plan;
        Owners = owners;
        Zone = TimeZoneInfo.FindSystemTimeZoneById(plan.TimeZone);
        Windows = [.. plan.Windows()];
        Households = new ImaginedHouseholds(plan);
        for (var area = 0; area < plan.Areas.Length; area++)
            areaNumbers[plan.Areas[area].Area] = area;
        Nodes = [.. AreaTree.Build(areaNumbers.Keys).Nodes.Select(
            node => new SummaryNode(node.Area, [.. node.ReleaseAreas.Select(area => areaNumbers[area])]))];
    }

    public ReleasePlan Plan { get; }

    /// <summary>The number of active owners by release area, as it was estimated when the day began.</summary>
    public OwnerCount[] Owners { get; }

    public TimeZoneInfo Zone { get; }

    public ImmutableArray<HourWindow> Windows { get; }

    public ImaginedHouseholds Households { get; }

    /// <summary>The newest window whose measurements have been taken in.</summary>
    public HourWindow Measured { get; set; } = new(long.MinValue);

    /// <summary>The areas to estimate, each with the numbers of the release areas that it is made of.</summary>
    public ImmutableArray<SummaryNode> Nodes { get; }

    /// <summary>The number of a release area in the plan, or -1.</summary>
    public int AreaIndexOf(Area area) => areaNumbers.GetValueOrDefault(area, -1);

    /// <summary>The number of a quantity in the plan, or -1.</summary>
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
sealed record SummaryNode(Area Area, ImmutableArray<int> Parts)
{
    /// <summary>The filter that follows this area.</summary>
    public FilterKey Key => new(Area, IsJoint: Parts.Length > 1);
}
