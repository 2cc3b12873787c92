using System.Security.Cryptography;
using CivicSense.Mqtt;
using CivicSense.Vault;

namespace CivicSense.Ingestion;

/// <summary>Lets enrolled devices in: the user name is the device's name, the password its secret.</summary>
sealed class DeviceGate(
    IVault vault, OpenContributions contributions, AcceptanceTime acceptance, IngestionStatistics statistics, GroupCommit commit)
    : IMqttApplication
{
    static readonly byte[] NobodysHash = new byte[SHA256.HashSizeInBytes];

    /// <inheritdoc/>
    public IMqttDurability Durability => commit;

    /// <inheritdoc/>
    public async ValueTask<MqttConnectDecision> ConnectAsync(MqttConnectRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        DeviceCredential? credential;
        try
        {
            credential = await vault.FindCredentialAsync(request.UserName ?? "", cancellationToken);
        }
        catch (VaultUnavailableException)
        {
            return MqttConnectDecision.Refuse(MqttReasonCode.ServerUnavailable);
        }

        // The same work and the same answer whether the name is unknown or the secret wrong.
        var matches = CryptographicOperations.FixedTimeEquals(
            DeviceSecret.Hash(request.Password.Span), credential is null ? NobodysHash : credential.SecretHash.Span);
        if (credential is null || !matches)
            return MqttConnectDecision.Refuse(MqttReasonCode.BadUserNameOrPassword);

        var device = credential.Device;
        return MqttConnectDecision.Accept(
            new DeviceSession(device.Name, contributions.Of(device.Id), contributions, acceptance, statistics));
    }
}
