using System.Net;
using CivicSense.Vault;

namespace CivicSense.Stewardship;

/// <summary>Finds the device whose name and secret somebody gives.</summary>
sealed class DeviceSignIn(IVault vault, SignInPace pace, SignInTotals totals)
{
    /// <summary>Decides about one attempt.</summary>
    /// <param name="credentials">What was given.</param>
    /// <param name="network">Where it came from, see <see cref="Transport.NetworkOf"/>.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="VaultUnavailableException">The vault cannot be read now.</exception>
    public async ValueTask<SignInDecision> SignInAsync(BasicCredentials credentials, IPAddress network, CancellationToken cancellationToken)
    {
        if (!pace.Allows(network))
        {
            totals.CountPaced();
            return new SignInDecision(null, MayTryAgainNow: false);
        }
        // The same work and the same answer whether the name is unknown or the secret wrong.
        var credential = await vault.FindCredentialAsync(credentials.Name, cancellationToken);
        if (DeviceSecret.Matches(credentials.Secret.Span, credential))
            return new SignInDecision(credential!.Device, MayTryAgainNow: true);
        totals.CountRefused();
        return new SignInDecision(null, MayTryAgainNow: true);
    }
}

/// <summary>What became of an attempt to sign in.</summary>
/// <param name="Device">The device, or null if the attempt was refused.</param>
/// <param name="MayTryAgainNow">False where the attempt was not looked at because too many came before it.</param>
readonly record struct SignInDecision(Device? Device, bool MayTryAgainNow);
