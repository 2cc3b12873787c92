using System.Text.Json;
using System.Text.Json.Serialization;
using CivicSense.Commons;
using CivicSense.Node.References;

namespace CivicSense.Node.Settings;

/// <summary>Reads and checks a configuration file.</summary>
static class SettingsFile
{
    static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        RespectNullableAnnotations = true,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        ReadCommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    /// <summary>Reads a file.</summary>
    /// <exception cref="UserErrorException">It is missing, cannot be read, or says something that is not allowed.</exception>
    public static NodeSettings Read(string path)
    {
        NodeSettings settings;
        try
        {
            var text = File.ReadAllText(path);
            RequireObject(text, path);
            settings = JsonSerializer.Deserialize<NodeSettings>(text, Options)!;
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new UserErrorException(
                $"There is no configuration file '{path}'. Make one as in docs/configuration.md, or try 'civicsense demo'.");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new UserErrorException($"The configuration file '{path}' cannot be read: {exception.Message}");
        }
        catch (JsonException exception)
        {
            throw new UserErrorException(
                $"The configuration file '{path}' is not right in "
                + $"line {exception.LineNumber + 1}: {exception.Path?.TrimStart('$').TrimStart('.')} is no setting, or has a value of "
                + "another kind. docs/configuration.md lists the settings.");
        }

        Check(settings, path);
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        return settings with
        {
            Data = Path.Combine(folder, settings.Data),
            Fence = Resolve(settings.Fence, folder),
            Http = Resolve(settings.Http, folder),
            Mqtt = Resolve(settings.Mqtt, folder),
            MqttTls = settings.MqttTls is { } secure ? Resolve(secure, folder) : null,
            Broker = settings.Broker?.Resolve(file => Resolve(file, folder)),
            References = [.. settings.References.Select(reference => reference with { File = Resolve(reference.File, folder) })],
        };
    }

    /// <exception cref="UserErrorException">The text is no JSON, or another than an object.</exception>
    static void RequireObject(string text, string path)
    {
        if (string.IsNullOrWhiteSpace(text))
            throw new UserErrorException($"The configuration file '{path}' is empty. See docs/configuration.md for an example.");
        try
        {
            using var document = JsonDocument.Parse(
                text, new JsonDocumentOptions { CommentHandling = Options.ReadCommentHandling,
                    AllowTrailingCommas = Options.AllowTrailingCommas });
            if (document.RootElement.ValueKind != JsonValueKind.Object)
                throw new UserErrorException(
                    $"The configuration file '{path}' must have all settings inside braces: {{ … }}. "
                        + $"See docs/configuration.md for an example.");
        }
        catch (JsonException exception)
        {
            throw new UserErrorException(
                $"The configuration file '{path}' cannot be understood at line {exception.LineNumber + 1}, "
                + $"column {exception.BytePositionInLine + 1}: "
                + "look there, and just before, for a quotation mark, comma or brace that is missing or too many.");
        }
    }

    /// <exception cref="UserErrorException">A setting is not allowed; the message names the key, the value and the range.</exception>
    public static void Check(NodeSettings settings, string source)
    {
        var problems = new List<string>();
        // Told here because the release knows it under another name and in another unit.
        if (!(settings.Release.LatenessMinutes is >= 0 and <= 50))
        {
            problems.Add(FormattableString.Invariant(
                $"release.latenessMinutes: {settings.Release.LatenessMinutes} is not allowed; allowed is 0 to 50."));
            settings = settings with { Release = settings.Release with { LatenessMinutes = 0 } };
        }
        if (!(settings.Release.TakeOverAfterMinutes is >= 0 and <= 1440))
        {
            problems.Add(FormattableString.Invariant(
                $"release.takeOverAfterMinutes: {settings.Release.TakeOverAfterMinutes} is not allowed; allowed is 0 to 1440."));
            settings = settings with { Release = settings.Release with { TakeOverAfterMinutes = 0 } };
        }
        if (!(settings.Release.IngestTimeoutSeconds is >= 5 and <= 3600))
        {
            problems.Add(FormattableString.Invariant(
                $"release.ingestTimeoutSeconds: {settings.Release.IngestTimeoutSeconds} is not allowed; allowed is 5 to 3600."));
            settings = settings with { Release = settings.Release with { IngestTimeoutSeconds = 5 } };
        }
        problems.AddRange(settings.ReleaseOptions.Validate().Select(
            problem => problem.StartsWith("timeZone:", StringComparison.Ordinal) ? problem : $"release.{problem}"));
        problems.AddRange(PublicSettings.Check(settings));
        problems.AddRange(EndpointSettingsCheck.Check(settings));
        problems.AddRange(settings.Broker?.Check() ?? []);
        if (settings.Postgres is { Connection: null, IngestConnection: null, ReleaseConnection: null, PublicConnection: null })
            problems.Add("postgres.connection: needed.");
        if (!settings.Mqtt.Enabled && settings.MqttTls is null && settings.Broker is null)
            problems.Add("mqtt.enabled: false is only allowed with mqttTls or a broker, or no reading would ever come.");
        if (settings.EventStart is not null && settings.Clock != ClockMode.Event)
            problems.Add("eventStart: only allowed with \"clock\": \"event\".");
        problems.AddRange(ReferenceSettingsCheck.Check(settings.References));
        if (problems.Count > 0)
            throw new UserErrorException($"{source}: {string.Join(' ', problems)}");
    }

    static T Resolve<T>(T endpoint, string folder)
        where T : EndpointSettings => (T)(endpoint with
        {
            Certificate = Resolve(endpoint.Certificate, folder),
            CertificateKey = Resolve(endpoint.CertificateKey, folder),
            ClientCertificateAuthority = Resolve(endpoint.ClientCertificateAuthority, folder),
        });

    static string? Resolve(string? path, string folder) => path is null ? null : Path.Combine(folder, path);
}
