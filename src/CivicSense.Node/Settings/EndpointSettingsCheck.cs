using System.Net;
using CivicSense.Mqtt;
using CivicSense.Node.WebSockets;

namespace CivicSense.Node.Settings;

/// <summary>Checks where the node listens; every sentence names the key, the value and the range.</summary>
static class EndpointSettingsCheck
{
    public static IEnumerable<string> Check(NodeSettings settings)
    {
        var problems = new List<string>();
        CheckEndpoint("http", settings.Http, problems);
        CheckEndpoint("mqtt", settings.Mqtt, problems);
        if (settings.Http.RequestsPerSecond is < 0 or > 1_000_000)
            problems.Add($"http.requestsPerSecond: {settings.Http.RequestsPerSecond} is not allowed; allowed is 0 to 1000000.");
        if (settings.Http.ClientCertificateAuthority is not null)
            problems.Add("http.clientCertificateAuthority: only allowed for mqtt and mqttTls.");
        if (settings.MqttTls is { } secure)
        {
            CheckEndpoint("mqttTls", secure, problems);
            if (secure.Certificate is null)
                problems.Add("mqttTls.certificate: needed.");
        }
        CheckApart(settings, problems);
        foreach (var origin in settings.Mqtt.WebSocketOrigins.Where(origin => !OriginRule.IsOrigin(origin)))
            problems.Add($"mqtt.webSocketOrigins: '{origin}' is not allowed; allowed is an origin such as https://map.example.org, "
                + "in lower case.");
        problems.AddRange(CheckLimits(settings.Mqtt.Limits));
        CheckCount("maximumAnonymousReaders", settings.Mqtt.Limits.MaximumAnonymousReaders, problems);
        CheckCount("maximumAnonymousReadersPerAddress", settings.Mqtt.Limits.MaximumAnonymousReadersPerAddress, problems);
        return problems;
    }

    static void CheckEndpoint(string key, EndpointSettings endpoint, List<string> problems)
    {
        if (endpoint.Port is < 0 or > 65535)
            problems.Add($"{key}.port: {endpoint.Port} is not allowed; allowed is 0 to 65535.");
        if (endpoint.Address != "*" && !IPAddress.TryParse(endpoint.Address, out _))
            problems.Add($"{key}.address: '{endpoint.Address}' is not allowed; allowed is an IP address, or * for all.");
        if (endpoint.Certificate is null != endpoint.CertificateKey is null)
            problems.Add($"{key}.certificate and {key}.certificateKey: give both, or neither.");
        if (endpoint.ClientCertificateAuthority is not null && endpoint.Certificate is null)
            problems.Add($"{key}.clientCertificateAuthority: only allowed with {key}.certificate.");
    }

    /// <summary>Two of the node's own endpoints on one port: the system would only say that it is taken.</summary>
    static void CheckApart(NodeSettings settings, List<string> problems)
    {
        var endpoints = new List<(string Key, EndpointSettings Endpoint)> { ("http", settings.Http) };
        if (settings.Mqtt.Enabled)
            endpoints.Add(("mqtt", settings.Mqtt));
        if (settings.MqttTls is { } secure)
            endpoints.Add(("mqttTls", secure));
        for (var later = 1; later < endpoints.Count; later++)
        {
            var (key, endpoint) = endpoints[later];
            foreach (var (earlierKey, earlier) in endpoints.Take(later))
            {
                if (endpoint.Port == earlier.Port && endpoint.Port != 0
                    && (endpoint.Address == earlier.Address || endpoint.Address == "*" || earlier.Address == "*"))
                {
                    problems.Add($"{key}.port: {endpoint.Port} is {earlierKey}.port already; give each its own.");
                }
            }
        }
    }

    /// <summary>The listener says what is wrong; here it gets the name that it has in the configuration.</summary>
    static IEnumerable<string> CheckLimits(MqttLimitSettings limits)
    {
        const string prefix = $"{nameof(MqttListenerOptions)}.";
        var options = new MqttListenerOptions();
        limits.ApplyTo(options);
        return options.FindErrors().Select(error => error.StartsWith(prefix, StringComparison.Ordinal)
            ? $"mqtt.limits.{char.ToLowerInvariant(error[prefix.Length])}{error[(prefix.Length + 1)..]}"
            : error);
    }

    static void CheckCount(string key, int value, List<string> problems)
    {
        if (value is < 1 or > 1_000_000)
            problems.Add($"mqtt.limits.{key}: {value} is not allowed; allowed is 1 to 1000000.");
    }
}
