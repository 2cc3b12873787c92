using CivicSense.Commons;

namespace CivicSense.Vault.Tests.SignIn;

public sealed class DeviceSecretTests
{
    static readonly Device Balcony = new(1, 1, "balcony", Area.FromPosition(51.5, -0.1));

    [Fact]
    public void New_secrets_are_43_characters_and_never_the_same()
    {
        var secrets = Enumerable.Range(0, 1000).Select(_ => DeviceSecret.Create()).ToArray();
        Assert.Equal(secrets.Length, secrets.Distinct().Count());
        Assert.All(secrets, secret => Assert.Matches("^[A-Za-z0-9_-]{43}$", secret));
    }

    [Fact]
    public void Secrets_are_kept_as_their_sha256() =>
        // FIPS 180-4, the example "abc".
        Assert.Equal("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
            Convert.ToHexStringLower(DeviceSecret.Hash("abc"u8)));

    [Fact]
    public void A_secret_matches_the_device_that_it_was_made_for_and_no_other()
    {
        var credential = new DeviceCredential(Balcony, DeviceSecret.Hash("abc"u8));
        Assert.True(DeviceSecret.Matches("abc"u8, credential));
        Assert.False(DeviceSecret.Matches("abd"u8, credential));
        Assert.False(DeviceSecret.Matches(""u8, credential));
        Assert.False(DeviceSecret.Matches("abc"u8, credential: null));
    }
}
