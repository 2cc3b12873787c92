namespace CivicSense.OpenData.Tests;

/// <summary>Serves the made-up neighbourhood for looking at it in a browser.</summary>
public sealed class PreviewServer
{
    [Fact]
    public async Task Serves_the_pages_for_looking_at()
    {
        if (Environment.GetEnvironmentVariable("CIVICSENSE_PREVIEW") is not { Length: > 0 } address)
        {
            Assert.Skip("Set CIVICSENSE_PREVIEW to an address such as http://127.0.0.1:8080 to look at the pages.");
            return;
        }
        await using var node = await PublicNode.StartAsync(address: address);
        await node.WaitAsync();
    }
}
