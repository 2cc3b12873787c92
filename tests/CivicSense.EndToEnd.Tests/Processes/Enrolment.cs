using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using CivicSense.Mqtt;

namespace CivicSense.EndToEnd.Tests.Processes;

/// <summary>A device as its owner knows it after <c>civicsense device add</c>.</summary>
sealed partial record Enrolment(string Name, string Owner, string Secret)
{
    /// <summary>Where test devices stand unless a test says otherwise: in one cell of zoom 14.</summary>
    public const double Latitude = 52.0900, Longitude = 5.1200;

    public string Topic => $"civicsense/v1/{Name}/readings";

    public ReadOnlyMemory<byte> TopicBytes => Encoding.UTF8.GetBytes(Topic);

    /// <summary>Enrols a device with the command that a steward uses.</summary>
    public static async Task<Enrolment> AddAsync(
        string configuration, string name, string owner, double latitude = Latitude, double longitude = Longitude)
    {
        var added = await CommandResult.SucceedsAsync(
            "device", "add", "--config", configuration, "--name", name, "--owner", owner,
            "--latitude", latitude.ToString(CultureInfo.InvariantCulture), "--longitude", longitude.ToString(CultureInfo.InvariantCulture));
        Assert.Contains($"civicsense/v1/{name}/readings", added.Output, StringComparison.Ordinal);
        return new Enrolment(name, owner, SecretOf(added));
    }

    /// <summary>Gives the device a new secret with the command that a steward uses.</summary>
    public async Task<Enrolment> RenewAsync(string configuration) =>
        this with { Secret = SecretOf(await CommandResult.SucceedsAsync("device", "password", Name, "--config", configuration)) };

    static string SecretOf(CommandResult said)
    {
        var secret = SecretPattern().Match(said.Output);
        Assert.True(secret.Success, said.ToString());
        return secret.Groups["secret"].Value;
    }

    public MqttClientOptions ClientOptions(int port) => new()
    {
        Host = "127.0.0.1", Port = port, ClientId = Name, UserName = Name, Password = Secret,
    };

    // A secret is 32 bytes of base64url.
    [GeneratedRegex(@"password\s+(?<secret>[A-Za-z0-9_-]{43})\s", RegexOptions.ExplicitCapture)]
    private static partial Regex SecretPattern();
}
