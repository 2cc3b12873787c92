using CivicSense.Mqtt;

namespace CivicSense.Ingestion.Tests.Sessions;

public sealed class DeviceGateTests
{
    [Fact]
    public async Task Enrolled_device_with_its_secret_gets_a_session_of_its_name()
    {
        await using var store = await TemporaryVault.CreateAsync();
        await using var ingest = await Ingest.StartAsync(store.Vault);
        var decision = await ingest.ConnectAsync("device-1", TemporaryVault.SecretOf(1));
        Assert.Equal(MqttReasonCode.Success, decision.Reason);
        Assert.Equal("device-1", decision.Session?.Identity);
    }

    [Fact]
    public async Task A_will_that_was_kept_is_published_by_its_device_while_it_is_enrolled()
    {
        await using var store = await TemporaryVault.CreateAsync();
        await using var ingest = await Ingest.StartAsync(store.Vault);
        Assert.Equal("device-1", (await ingest.FindAbsentAsync("device-1"))?.Identity);
        Assert.Null(await ingest.FindAbsentAsync("device-99"));
    }

    /// <summary>Before the node looks for deleted devices: it does so every 20 seconds.</summary>
    [Fact]
    public async Task Who_comes_with_the_name_of_a_deleted_device_ends_all_that_is_left_of_that()
    {
        await using var store = await TemporaryVault.CreateAsync();
        await using var ingest = await Ingest.StartAsync(store.Vault);
        var former = (await ingest.ConnectAsync("device-1", TemporaryVault.SecretOf(1))).Session!;
        Assert.True(former.MayReceive("civicsense/v1/device-1/commands"u8));

        await store.Vault.DeleteOwnerAsync("owner 1", TestContext.Current.CancellationToken);
        await store.EnrolAsync("somebody else", "device-1", secret: 7);
        var newcomer = (await ingest.ConnectAsync("device-1", TemporaryVault.SecretOf(7))).Session!;

        Assert.True(former.IsRevoked);
        Assert.False(former.MayReceive("civicsense/v1/device-1/commands"u8));
        Assert.False(newcomer.IsRevoked);
        Assert.True(newcomer.MayReceive("civicsense/v1/device-1/commands"u8));
        Assert.False((await ingest.ConnectAsync("device-1", TemporaryVault.SecretOf(7))).Session!.IsRevoked);
        Assert.False(newcomer.IsRevoked);
    }

    [Fact]
    public async Task Who_comes_with_a_new_secret_ends_what_began_with_the_former_and_that_is_let_in_no_more()
    {
        await using var store = await TemporaryVault.CreateAsync();
        await using var ingest = await Ingest.StartAsync(store.Vault);
        var former = (await ingest.ConnectAsync("device-1", TemporaryVault.SecretOf(1))).Session!;

        await store.ReplaceSecretAsync("device-1", secret: 7);
        var newer = (await ingest.ConnectAsync("device-1", TemporaryVault.SecretOf(7))).Session!;

        Assert.True(former.IsRevoked);
        Assert.False(former.MayReceive("civicsense/v1/device-1/commands"u8));
        Assert.False(newer.IsRevoked);
        Assert.True(newer.MayReceive("civicsense/v1/device-1/commands"u8));
        Assert.Equal(
            MqttReasonCode.BadUserNameOrPassword, (await ingest.ConnectAsync("device-1", TemporaryVault.SecretOf(1))).Reason);
        Assert.False(newer.IsRevoked);
    }

    [Theory]
    [InlineData("device-1", "wrong")]
    [InlineData("device-1", "")]
    [InlineData("device-1", "secret-2")]
    [InlineData("device-1", "secret-1 ")]
    [InlineData("Device-1", "secret-1")]
    [InlineData("device-99", "secret-1")]
    [InlineData("", "secret-1")]
    [InlineData("", "")]
    [InlineData(null, "secret-1")]
    [InlineData("device-%", "secret-1")]
    [InlineData("+", "secret-1")]
    [InlineData("#", "secret-1")]
    [InlineData("device-1/#", "secret-1")]
    [InlineData("public", "secret-1")]
    [InlineData("device-1\0", "secret-1")]
    [InlineData("' OR 1=1 --", "secret-1")]
    public async Task Every_other_client_is_refused_alike(string? userName, string password)
    {
        await using var store = await TemporaryVault.CreateAsync();
        await using var ingest = await Ingest.StartAsync(store.Vault);
        var decision = await ingest.ConnectAsync(userName, password);
        Assert.Equal(MqttConnectDecision.Refuse(MqttReasonCode.BadUserNameOrPassword), decision);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("device-1")]
    public async Task A_certificate_does_instead_of_a_password(string? userName)
    {
        await using var store = await TemporaryVault.CreateAsync();
        await using var ingest = await Ingest.StartAsync(store.Vault);
        using var certificate = CertificateNameTests.Create("CN=device-1");
        Assert.Equal("device-1", (await ingest.ConnectAsync(userName, "", certificate)).Session?.Identity);
    }

    [Theory]
    [InlineData("CN=device-1", "device-2", "")]
    [InlineData("CN=device-1", "", "")]
    [InlineData("CN=device-1", "device-1", "wrong")]
    [InlineData("CN=device-1", null, "wrong")]
    [InlineData("CN=nobody", null, "")]
    [InlineData("CN=public", null, "")]
    [InlineData("CN=device-1, CN=device-2", null, "")]
    [InlineData("O=device-1", null, "")]
    public async Task A_certificate_of_no_device_or_of_another_lets_nobody_in(string subject, string? userName, string password)
    {
        await using var store = await TemporaryVault.CreateAsync();
        await using var ingest = await Ingest.StartAsync(store.Vault);
        using var certificate = CertificateNameTests.Create(subject);
        Assert.Equal(
            MqttConnectDecision.Refuse(MqttReasonCode.BadUserNameOrPassword), await ingest.ConnectAsync(userName, password, certificate));
    }

    [Fact]
    public async Task A_password_counts_whatever_certificate_is_shown()
    {
        await using var store = await TemporaryVault.CreateAsync();
        await using var ingest = await Ingest.StartAsync(store.Vault);
        using var certificate = CertificateNameTests.Create("CN=gateway");
        Assert.Equal("device-1", (await ingest.ConnectAsync("device-1", TemporaryVault.SecretOf(1), certificate)).Session?.Identity);
    }

    [Fact]
    public async Task Without_user_name_password_and_certificate_a_client_is_a_reader()
    {
        await using var store = await TemporaryVault.CreateAsync();
        await using var ingest = await Ingest.StartAsync(store.Vault);
        Assert.IsType<ReaderSession>((await ingest.ConnectAsync(null, "")).Session);
    }

    [Fact]
    public async Task While_the_vault_is_unavailable_clients_are_told_to_come_back()
    {
        await using var store = await TemporaryVault.CreateAsync();
        using var vault = new UnreliableVault(store.Vault);
        await using var ingest = await Ingest.StartAsync(vault);
        vault.IsUnavailable = true;
        Assert.Equal(
            MqttConnectDecision.Refuse(MqttReasonCode.ServerUnavailable),
            await ingest.ConnectAsync("device-1", TemporaryVault.SecretOf(1)));
        vault.IsUnavailable = false;
        Assert.Equal(MqttReasonCode.Success, (await ingest.ConnectAsync("device-1", TemporaryVault.SecretOf(1))).Reason);
    }
}
