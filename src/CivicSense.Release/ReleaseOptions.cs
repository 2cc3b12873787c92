using System.Collections.Immutable;
using CivicSense.Commons;

namespace CivicSense.Release;

/// <summary>What a node releases and at what cost. Public: every value that matters stands in the plan of each day.</summary>
public sealed record ReleaseOptions
{
    /// <summary>The shares used where none are configured: fine and coarse particles, sound, temperature.</summary>
    public static ImmutableDictionary<string, decimal> DefaultShares { get; } = ImmutableDictionary.CreateRange(StringComparer.Ordinal,
    [
        KeyValuePair.Create(Quantity.Pm25.Id, 0.40m),
        KeyValuePair.Create(Quantity.Laeq.Id, 0.30m),
        KeyValuePair.Create(Quantity.Pm10.Id, 0.15m),
        KeyValuePair.Create(Quantity.Temperature.Id, 0.10m),
    ]);

    /// <summary>
    /// The formulas used where none are configured, for the two kinds of particle sensors that most citizens have: model and <see
    /// cref="CalibrationFormula.Id"/>.
    /// </summary>
    public static ImmutableDictionary<string, string> DefaultCalibrations { get; } = ImmutableDictionary.CreateRange(StringComparer.Ordinal,
    [
        KeyValuePair.Create("sds011", CalibrationFormula.HackAir2018.Id),
        KeyValuePair.Create("pms5003", CalibrationFormula.Epa2021Atm.Id),
        KeyValuePair.Create("pms5003t", CalibrationFormula.Epa2021Atm.Id),
    ]);

    /// <summary>The neighbourhood's time zone, an IANA name. Default <c>UTC</c>.</summary>
    public string TimeZone { get; init; } = "UTC";

    /// <summary>The zCDP cost of one day for one owner. Default 0.028 (epsilon 1.0 at delta 1e-6); 0.0001 to 1.</summary>
    public decimal Rho { get; init; } = 0.028m;

    /// <summary>How many households a release area must have. Default 5; 5 to 1000.</summary>
    public int MinimumOwnersPerArea { get; init; } = 5;

    /// <summary>How long after its end a window still takes readings. Default 10 minutes; 0 to 50 minutes.</summary>
    public TimeSpan Lateness { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>
    /// How long an ingest process may be silent before a window is released without what it has not stored. Default 60 seconds; 5 seconds
    /// to 1 hour.
    /// </summary>
    public TimeSpan IngestTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>The share of the squared norm budget that pays for the activity. Default 0.05; 0.01 to 0.2.</summary>
    public decimal ActivityShare { get; init; } = 0.05m;

    /// <summary>
    /// How evenly a household's budget is spread over the day, see <see cref="ReleasePlan.Pacing"/>. Default 1.5; 1 to 5, or 0 for not at
    /// all.
    /// </summary>
    public decimal Pacing { get; init; } = 1.5m;

    /// <summary>The share of the squared norm budget for each released quantity. With <see cref="ActivityShare"/> at most 1.</summary>
    public ImmutableDictionary<string, decimal> Shares { get; init; } = DefaultShares;

    /// <summary>
    /// The formula, by <see cref="CalibrationFormula.Id"/>, for each model of device whose values are to be calibrated. Values of other
    /// models stay as they are. Default <see cref="DefaultCalibrations"/>.
    /// </summary>
    public ImmutableDictionary<string, string> Calibrations { get; init; } = DefaultCalibrations;

    /// <summary>Whose time closes windows. Default <see cref="ClockMode.Wall"/>.</summary>
    public ClockMode Clock { get; init; } = ClockMode.Wall;

    /// <summary>
    /// How long a process whose fence is not up to date leaves the lead to the one that released last, before it gives up the present day
    /// and leads itself. Default 10 minutes; 0 to 24 hours.
    /// </summary>
    public TimeSpan TakeOverAfter { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Checks every range.</summary>
    /// <returns>One sentence for each thing that is wrong, naming the key, the value and the range; empty if all is well.</returns>
    public IReadOnlyList<string> Validate()
    {
        var problems = new List<string>();
        if (!TimeZoneInfo.TryFindSystemTimeZoneById(TimeZone, out _))
            problems.Add($"timeZone: '{TimeZone}' is not a time zone this machine knows. Use an IANA name such as Europe/London.");
        Check(Rho is >= 0.0001m and <= 1, "rho", Rho, "0.0001 to 1");
        Check(MinimumOwnersPerArea is >= 5 and <= 1000, "minimumOwnersPerArea", MinimumOwnersPerArea, "5 to 1000");
        Check(Lateness >= TimeSpan.Zero && Lateness <= TimeSpan.FromMinutes(50), "lateness", Lateness, "00:00:00 to 00:50:00");
        Check(
            IngestTimeout >= TimeSpan.FromSeconds(5) && IngestTimeout <= TimeSpan.FromHours(1), "ingestTimeout", IngestTimeout,
            "00:00:05 to 01:00:00");
        Check(ActivityShare is >= 0.01m and <= 0.2m, "activityShare", ActivityShare, "0.01 to 0.2");
        Check(Pacing is 0 or (>= 1 and <= 5), "pacing", Pacing, "0, or 1 to 5");
        Check(TakeOverAfter >= TimeSpan.Zero && TakeOverAfter <= TimeSpan.FromDays(1), "takeOverAfter", TakeOverAfter,
            "00:00:00 to 1.00:00:00");
        Check(Shares.Count > 0, "shares", Shares.Count, "at least one quantity");
        foreach (var (id, share) in Shares)
        {
            Check(Quantity.TryFind(id, out _), "shares", id, string.Join(", ", Quantity.All.Select(quantity => quantity.Id)));
            Check(share is > 0 and <= 1, $"shares.{id}", share, "above 0, at most 1");
        }
        var total = Shares.Values.Sum() + ActivityShare;
        Check(total <= 1, "shares", total, "a sum of at most 1, the activity share included");
        CheckCalibrations(problems);
        return problems;

        void Check(bool condition, string key, object value, string range)
        {
            if (!condition)
                problems.Add(FormattableString.Invariant($"{key}: {value} is not allowed; allowed is {range}."));
        }
    }

    void CheckCalibrations(List<string> problems)
    {
        foreach (var (model, formula) in Calibrations)
        {
            if (!DeviceModel.IsValid(model))
                problems.Add($"calibrations: the model '{model}' is not allowed; allowed is {DeviceModel.Allowed}.");
            else if (!CalibrationFormula.TryFind(formula, out _))
                problems.Add($"calibrations.{model}: '{formula}' is not allowed; allowed is {string.Join(", ", CalibrationFormula.All)}.");
        }
    }
}
