using System.Collections.Immutable;
using System.Text.Json;
using CivicSense.Commons;
using CivicSense.Vault;

namespace CivicSense.Release;

/// <summary>Everything that the release of one window writes. The noise in it has been drawn, and is never drawn again.</summary>
/// <remarks>
/// The fence keeps it while its transaction may or may not have committed, so that a release that was cut off is done over with the same
/// values. Two draws of one sum can then never both become public, whatever happens in between, a restored backup included. It names owners
/// by number and holds what is left of their budgets, so it is as private as the vault.
/// </remarks>
/// <param name="Day">The privacy day.</param>
/// <param name="DayEnd">The day's last window, as the plan fixed it.</param>
/// <param name="Window">The window.</param>
/// <param name="PreviousHead">The ledger head that it follows.</param>
/// <param name="Values">The noisy sums in key order.</param>
/// <param name="Baselines">The baselines in key order.</param>
/// <param name="Activity">The noisy activity in area order, if the window is the day's last; otherwise empty.</param>
/// <param name="Budgets">What is left of the budgets of the owners who contributed.</param>
/// <param name="ActiveOwners">The (owner, area) pairs that contributed.</param>
/// <param name="Entries">The documents of the ledger entries, oldest first.</param>
sealed record PreparedRelease(
    PrivacyDay Day, HourWindow DayEnd, HourWindow Window, string PreviousHead, ImmutableArray<long> Values,
    ImmutableArray<double> Baselines,
    ImmutableArray<long> Activity, ImmutableArray<KeyValuePair<int, long>> Budgets, ImmutableArray<ActiveOwner> ActiveOwners,
    ImmutableArray<LedgerEntry> Entries)
{
    /// <summary>The newest ledger entry once it is committed.</summary>
    public LedgerEntry Last => Entries[^1];

    /// <summary>The measurements that it publishes, in key order.</summary>
    /// <param name="plan">The plan of the day.</param>
    /// <param name="sequence">The ledger entry that releases them.</param>
    public NoisyMeasurement[] Measurements(ReleasePlan plan, long sequence)
    {
        var measurements = new NoisyMeasurement[plan.KeyCount];
        for (var key = 0; key < measurements.Length; key++)
        {
            measurements[key] = new NoisyMeasurement(
                Window, plan.Areas[key / plan.Quantities.Length].Area, plan.Quantities[key % plan.Quantities.Length].Quantity,
                Values[key], Baselines[key], sequence);
        }
        return measurements;
    }

    /// <summary>The activity that it publishes, in area order.</summary>
    /// <param name="plan">The plan of the day.</param>
    /// <param name="sequence">The ledger entry that releases it.</param>
    public NoisyActivity[] DayActivity(ReleasePlan plan, long sequence) =>
        [.. Activity.Select((value, area) => new NoisyActivity(Day, plan.Areas[area].Area, value, sequence))];

    /// <summary>Writes it for the fence file.</summary>
    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("day", Day.ToString());
        json.WriteNumber("dayEnd", DayEnd.Index);
        json.WriteNumber("window", Window.Index);
        json.WriteString("previousHead", PreviousHead);
        WriteArray(json, "values", Values, json.WriteNumberValue);
        WriteArray(json, "baselines", Baselines, json.WriteNumberValue);
        WriteArray(json, "activity", Activity, json.WriteNumberValue);
        WriteArray(json, "budgets", Budgets.SelectMany(budget => new[] { budget.Key, budget.Value }), json.WriteNumberValue);
        WriteArray(json, "activeOwners", ActiveOwners.SelectMany(owner => new long[] { owner.OwnerId, owner.AreaIndex }),
            json.WriteNumberValue);
        WriteArray(json, "entries", Entries, entry => json.WriteStringValue(entry.Document));
        json.WriteEndObject();
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    public static PreparedRelease Read(JsonElement json)
    {
        var budgets = json.GetProperty("budgets").EnumerateArray().Select(value => value.GetInt64()).Chunk(2);
        var owners = json.GetProperty("activeOwners").EnumerateArray().Select(value => value.GetInt32()).Chunk(2);
        return new PreparedRelease(
            PrivacyDay.Parse(json.GetProperty("day").GetString()!),
            new HourWindow(json.GetProperty("dayEnd").GetInt64()),
            new HourWindow(json.GetProperty("window").GetInt64()),
            json.GetProperty("previousHead").GetString()!,
            [.. json.GetProperty("values").EnumerateArray().Select(value => value.GetInt64())],
            [.. json.GetProperty("baselines").EnumerateArray().Select(value => value.GetDouble())],
            [.. json.GetProperty("activity").EnumerateArray().Select(value => value.GetInt64())],
            [.. budgets.Select(pair => KeyValuePair.Create((int)pair[0], pair[1]))],
            [.. owners.Select(pair => new ActiveOwner(pair[0], pair[1]))],
            [.. json.GetProperty("entries").EnumerateArray().Select(document => LedgerEntry.Read(document.GetString()!))]);
    }

    static void WriteArray<T>(Utf8JsonWriter json, string name, IEnumerable<T> values, Action<T> write)
    {
        json.WriteStartArray(name);
        foreach (var value in values)
            write(value);
        json.WriteEndArray();
    }
}
