using System.Globalization;
using CivicSense.EndToEnd.Tests.Processes;

namespace CivicSense.EndToEnd.Tests.Devices;

/// <summary>Eclipse Mosquitto's clients over TLS, with a password and with a certificate.</summary>
public sealed class SecureDeviceTests : IAsyncLifetime
{
    readonly TemporaryFolder folder = new();
    readonly TestCertificates certificates = new();
    NodeProcess node = null!;
    Enrolment balcony = null!;

    public async ValueTask InitializeAsync()
    {
        Surroundings.RequireProgram("mosquitto_pub");
        using (var server = certificates.ForServer())
        {
            folder.Write("server.pem", server.ExportCertificatePem());
            folder.Write("server.key", TestCertificates.KeyPem(server));
        }
        folder.Write("authority.pem", certificates.Authority.ExportCertificatePem());
        var configuration = Configuration.Write(folder, """
            "mqttTls": {
              "address": "127.0.0.1", "port": 0, "certificate": "server.pem", "certificateKey": "server.key",
              "clientCertificateAuthority": "authority.pem"
            }
            """);
        balcony = await Enrolment.AddAsync(configuration, "balcony", "The Millers");
        node = await NodeProcess.RunNodeAsync(configuration);
    }

    public async ValueTask DisposeAsync()
    {
        if (node is not null) await node.DisposeAsync();
        certificates.Dispose();
        folder.Dispose();
    }

    [Fact]
    public async Task A_password_lets_a_device_in_without_a_certificate() =>
        await AssertPublishesAsync(["-u", balcony.Name, "-P", balcony.Secret]);

    [Fact]
    public async Task A_certificate_with_the_device_s_name_lets_it_in_without_a_password() => await AssertPublishesAsync(Show("balcony"));

    [Fact]
    public async Task A_certificate_with_another_name_does_not()
    {
        var published = await PublishAsync(Show("garden"));
        Assert.NotEqual(0, published.ExitCode);
        Assert.Equal((0, 0), await Totals.StopAsync(node));
    }

    string[] Show(string name)
    {
        using var certificate = certificates.ForClient(name);
        return ["--cert", folder.Write("client.pem", certificate.ExportCertificatePem()), "--key",
            folder.Write("client.key", TestCertificates.KeyPem(certificate))];
    }

    async Task AssertPublishesAsync(string[] credentials)
    {
        var published = await PublishAsync(credentials);
        Assert.True(published.ExitCode == 0, published.ToString());
        Assert.Equal((1, 0), await Totals.StopAsync(node));
    }

    Task<CommandResult> PublishAsync(string[] credentials) => MosquittoClient.RunAsync(
        "mosquitto_pub", null,
        [
            "-V", "mqttv5", "-h", "localhost", "-p", node.MqttTlsPort.ToString(CultureInfo.InvariantCulture), "--cafile",
            folder.File("authority.pem"),
            .. credentials, "-t", balcony.Topic, "-q", "1", "-m", """[{"n":"pm2_5","v":4.5}]""",
        ]);
}
