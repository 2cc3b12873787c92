using System.Globalization;
using System.Text;
using CivicSense.Commons;
using CivicSense.Ingestion;
using CivicSense.Vault;

namespace CivicSense.Audit.Tests.BlackBox;

/// <summary>
/// Many areas of five households each. In every area one household is the target: on each day it either measures extremes all day or is
/// silent, by the toss of a seeded coin. One neighbour measures the same every day, the others are silent; all of that the attacker knows.
/// </summary>
sealed class AttackedNeighbourhood(int areas, int days, bool[] tosses)
{
    /// <summary>A neighbourhood whose targets toss a coin each day.</summary>
    public AttackedNeighbourhood(int areas, int days, int seed)
        : this(areas, days, Toss(areas * days, seed))
    {
    }

    /// <summary>What every device connects with.</summary>
    public const string Secret = "a secret that only this test has";

    const int OwnersPerArea = 5;

    public int Areas => areas;

    public int Days => days;

    public static DateTimeOffset Start { get; } = new(2026, 3, 2, 0, 0, 0, TimeSpan.Zero);

    public DateTimeOffset End => Start.AddDays(days);

    /// <summary>Whether not even the neighbours measure, nor any target.</summary>
    public bool IsSilent { get; init; }

    /// <summary>What the test decided: whether the target of an area measured on a day.</summary>
    public bool TargetMeasured(int area, int day) => !IsSilent && tosses[(day * areas) + area];

    /// <summary>The place of an area: a cell of the finest zoom, so that the plan makes it a release area of its own.</summary>
    public static Area Place(int area)
    {
        var digits = new StringBuilder("031132");
        for (var digit = 0; digit < 8; digit++)
            digits.Append((char)('0' + ((area >> (2 * (7 - digit))) & 3)));
        return Area.Parse(digits.ToString());
    }

    public static string Target(int area) => string.Create(CultureInfo.InvariantCulture, $"target-{area}");

    public static string Neighbour(int area) => string.Create(CultureInfo.InvariantCulture, $"neighbour-{area}");

    static string Silent(int area, int owner) => string.Create(CultureInfo.InvariantCulture, $"silent-{area}-{owner}");

    public IReadOnlyList<EnrolmentRequest> Enrolment()
    {
        var secret = DeviceSecret.Hash(Encoding.UTF8.GetBytes(Secret));
        return
        [
            .. from area in Enumerable.Range(0, areas)
               from owner in Enumerable.Range(0, OwnersPerArea)
               let name = owner switch { 0 => Target(area), 1 => Neighbour(area), _ => Silent(area, owner) }
               select new EnrolmentRequest(name, name, Place(area), secret),
        ];
    }

    /// <summary>What the target measures when it measures: nothing could move the sums further.</summary>
    public static double TargetValue(Quantity quantity) => quantity.Maximum;

    /// <summary>What the neighbour measures, every hour of every day.</summary>
    public static double NeighbourValue(Quantity quantity) => quantity.PriorMean;

    static bool[] Toss(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => random.Next(2) == 1)];
    }
}
