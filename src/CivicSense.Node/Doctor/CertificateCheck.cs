using System.Globalization;
using CivicSense.Node.Settings;
using CivicSense.Node.Tls;

namespace CivicSense.Node.Doctor;

/// <summary>Whether the certificates can be used, and how long they will be.</summary>
static class CertificateCheck
{
    /// <summary>Automatic renewal takes place a month before the end; when this much is left it has failed.</summary>
    const int FewDays = 14;

    public static IEnumerable<Finding> Run(NodeSettings settings, TimeProvider time)
    {
        var endpoints = new List<(string Key, EndpointSettings? Endpoint)> { ("http", settings.Http) };
        if (settings.Role.Ingests)
            endpoints.AddRange([("mqtt", settings.Mqtt), ("mqttTls", settings.MqttTls)]);
        foreach (var (key, endpoint) in endpoints)
        {
            if (endpoint?.Certificate is not null)
                yield return Look($"certificate of {key}", key, endpoint, time);
        }
    }

    static Finding Look(string subject, string key, EndpointSettings endpoint, TimeProvider time)
    {
        try
        {
            // As the node reads it: key and authorities, too.
            TlsEndpoint.Read(key, endpoint, time);
        }
        catch (UserErrorException error)
        {
            return Finding.Problem(subject, error.Message);
        }
        using var certificate = CertificateFiles.Read(endpoint).Load();
        var now = time.GetUtcNow();
        var end = new DateTimeOffset(certificate.NotAfter);
        var date = end.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        var days = (int)Math.Floor((end - now).TotalDays);
        if (now < new DateTimeOffset(certificate.NotBefore))
            return Finding.Problem(subject, "is not valid yet. Is this machine's clock right?");
        if (days < 0)
            return Finding.Problem(subject, $"has not been valid since {date}. Renew it; a running node takes the new file by itself.");
        return days < FewDays
            ? Finding.Warning(subject,
                FormattableString.Invariant($"{days} days left, until {date}. Renew it; a running node takes the new file by itself."))
            : Finding.Ok(subject, FormattableString.Invariant($"{days} days left, until {date}."));
    }
}
