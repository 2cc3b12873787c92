using System.Collections.Concurrent;
using CivicSense.Mqtt;
using CivicSense.Vault;

namespace CivicSense.Ingestion;

/// <summary>
/// Lets enrolled devices in: the user name is the device's name, the password its secret. A certificate that has the device's name does
/// instead of a password. Who gives no user name and no certificate is an anonymous reader.
/// </summary>
sealed class DeviceGate(
    IVault vault, OpenContributions contributions, AcceptanceTime acceptance, IngestionStatistics statistics, GroupCommit commit,
    AnonymousReaders readers)
    : IMqttApplication
{
    readonly ConcurrentDictionary<string, DeviceAccumulator> newestOfName = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public IMqttDurability Durability => commit;

    /// <inheritdoc/>
    public async ValueTask<MqttConnectDecision> ConnectAsync(MqttConnectRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (request is { UserName: null, Password.IsEmpty: true, ClientCertificate: null })
            return readers.Connect(request.RemoteAddress);

        var isCertified = request.Password.IsEmpty && request.ClientCertificate is not null;
        var name = isCertified ? CertifiedName(request) : request.UserName;
        DeviceCredential? credential;
        try
        {
            credential = await vault.FindCredentialAsync(name ?? "", cancellationToken);
        }
        catch (VaultUnavailableException)
        {
            return MqttConnectDecision.Refuse(MqttReasonCode.ServerUnavailable);
        }

        // The same work and the same answer whether the name is unknown or the secret wrong.
        var matches = DeviceSecret.Matches(request.Password.Span, credential);
        if (credential is null || !(isCertified || matches))
            return MqttConnectDecision.Refuse(MqttReasonCode.BadUserNameOrPassword);

        return MqttConnectDecision.Accept(SessionOf(credential.Device, isCertified ? null : credential));
    }

    /// <inheritdoc/>
    /// <remarks>Null once the device is enrolled no more.</remarks>
    public async ValueTask<IMqttSession?> FindAbsentAsync(string identity, CancellationToken cancellationToken) =>
        await vault.FindCredentialAsync(identity, cancellationToken) is { } credential
            ? SessionOf(credential.Device, signedIn: null)
            : null;

    DeviceSession SessionOf(Device device, DeviceCredential? signedIn)
    {
        var accumulator = contributions.Of(device.Id);
        // Who comes with a name that another device had finds nothing of it, also where nobody has noticed yet that the other was deleted.
        newestOfName.AddOrUpdate(
            device.Name, static (_, newcomer) => newcomer,
            static (_, known, newcomer) =>
            {
                // Numbers are never given again, so the later device has the greater one.
                var (earlier, later) = known.DeviceId < newcomer.DeviceId ? (known, newcomer) : (newcomer, known);
                if (earlier != later)
                    earlier.Depart();
                return later;
            },
            accumulator);
        return new DeviceSession(device.Name, accumulator, contributions, acceptance, statistics)
        {
            SecretHash = signedIn is null ? null : accumulator.SignIn(signedIn.SecretHash.Span),
        };
    }

    /// <summary>The name in the certificate. A user name beside it must be the same.</summary>
    static string? CertifiedName(MqttConnectRequest request)
    {
        var name = CertificateName.Find(request.ClientCertificate!.SubjectName);
        return request.UserName is null || request.UserName == name ? name : null;
    }
}
