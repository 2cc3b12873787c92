using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using CivicSense.Commons;
using CivicSense.Vault;

namespace CivicSense.Node.Commands;

/// <summary>What the vault holds about a household as JSON for its owner. docs/owner.md says what each member means.</summary>
static class HouseholdDocument
{
    // It goes to a person, not into a page: names stay readable.
    static readonly JsonWriterOptions Readable = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Write(HouseholdRecord household)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, Readable))
            Write(json, household);
        return Encoding.UTF8.GetString(stream.ToArray());
    }

    static void Write(Utf8JsonWriter json, HouseholdRecord household)
    {
        var names = household.Devices.ToDictionary(credential => credential.Device.Id, credential => credential.Device.Name);
        json.WriteStartObject();
        json.WriteNumber("number", household.Owner.Id);
        json.WriteString("name", household.Owner.Name);
        WriteArray(json, "devices", household.Devices, credential =>
        {
            json.WriteNumber("number", credential.Device.Id);
            json.WriteString("name", credential.Device.Name);
            json.WriteString("place", credential.Device.Place.QuadKey);
            json.WriteString("model", credential.Device.Model);
            json.WriteString("secretSha256", Convert.ToHexStringLower(credential.SecretHash.Span));
        });
        WriteArray(json, "contributions", household.Contributions, held =>
        {
            json.WriteString("device", names.GetValueOrDefault(held.DeviceId));
            json.WriteString("quantity", held.Quantity.Id);
            json.WriteString("hour", held.Window.Start);
            json.WriteNumber("count", held.Count);
            json.WriteNumber("sum", held.Sum);
            json.WriteString("last", DateTimeOffset.FromUnixTimeMilliseconds(held.LastTime));
        });
        WriteArray(json, "sessions", household.Sessions, session =>
        {
            json.WriteString("device", session.DeviceName);
            json.WriteString("clientId", session.ClientId);
            if (session.ExpiresAt is { } expires)
                json.WriteString("expires", expires);
            json.WriteBase64String("state", session.State.Span);
        });
        WriteArray(json, "budgets", household.Budgets, budget =>
        {
            json.WriteString("day", budget.Day.ToString());
            json.WriteNumber("remaining", budget.Remaining);
        });
        WriteArray(json, "active", household.Active, active =>
        {
            json.WriteString("day", active.Day.ToString());
            json.WriteNumber("area", active.AreaIndex);
        });
        WriteArray(json, "planned", household.Planned, planned =>
        {
            json.WriteString("day", planned.Day.ToString());
            json.WriteString("device", names.GetValueOrDefault(planned.Device.DeviceId));
            json.WriteNumber("area", planned.Device.AreaIndex);
            json.WriteString("model", planned.Device.Model);
        });
        json.WriteEndObject();
    }

    static void WriteArray<T>(Utf8JsonWriter json, string name, IReadOnlyList<T> values, Action<T> write)
    {
        json.WriteStartArray(name);
        foreach (var value in values)
        {
            json.WriteStartObject();
            write(value);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }
}
