using System.Security.Cryptography;
using System.Text;
using CivicSense.Commons;
using CivicSense.Vault;
using Microsoft.Extensions.Logging.Abstractions;

namespace CivicSense.Storage.Tests;

/// <summary>What is left in the files when somebody has left.</summary>
public sealed class SqliteErasureTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => folder.Dispose();

    static string OwnerName(int i) => FormattableString.Invariant($"Household Distinctive {i:D5}");

    static string DeviceName(int i) => FormattableString.Invariant($"device-distinctive-{i:D5}");

    static byte[] SecretHash(int i) => SHA256.HashData(Encoding.UTF8.GetBytes(DeviceName(i)));

    static List<EnrolmentRequest> Requests(IEnumerable<int> numbers) =>
        [.. numbers.Select(i => new EnrolmentRequest(OwnerName(i), DeviceName(i), Samples.Place, SecretHash(i)))];

    static List<byte[]> Traces(int i) => [Encoding.UTF8.GetBytes(OwnerName(i)), Encoding.UTF8.GetBytes(DeviceName(i)), SecretHash(i)];

    // Few fit on one page of the tree; many make it grow and shrink, with cells moving between its pages.
    [Theory]
    [InlineData(3)]
    [InlineData(40)]
    [InlineData(600)]
    public async Task Nothing_of_a_deleted_household_is_left_in_any_file(int households)
    {
        await using var store = new SqliteStore(folder.File("node.db"));
        var devices = await store.Vault.EnrolAsync(Requests(Shuffled(households)), Cancel);
        await store.DeviceSessions.WriteAsync(
            [.. devices.Select(device =>
                new DeviceSessionRecord(device.Name, "client " + device.Name, null, Encoding.UTF8.GetBytes(device.Name)))], Cancel);
        var leaving = Shuffled(households).Take((households + 1) / 2).ToList();
        Assert.All(leaving, i => Assert.Equal([true, true, true], FoundOnDisk(i)));

        foreach (var i in leaving)
        {
            Assert.True(await store.Vault.DeleteOwnerAsync(OwnerName(i), Cancel));
            if (households < 100)
                Assert.Equal([false, false, false], FoundOnDisk(i));
        }

        var files = ReadFiles();
        Assert.Equal([], leaving.Where(i => FoundIn(files, i).Contains(true)));
        Assert.Equal(households - leaving.Count, (await store.Vault.ReadDevicesAsync(Cancel)).Count);
    }

    [Fact]
    public async Task Nothing_of_a_deleted_device_is_left_in_any_file_where_a_command_deletes_it_beside_the_node()
    {
        await using var store = new SqliteStore(folder.File("node.db"));
        await store.Vault.EnrolAsync(Requests(Enumerable.Range(0, 20)), Cancel);
        Assert.Equal([true, true, true], FoundOnDisk(7));

        await using (var command = SqliteNodeDatabase.Open(
            new SqliteOptions { Path = store.Path, RunsNode = false }, TimeProvider.System, NullLogger.Instance))
        {
            Assert.True(await command.Vault.DeleteDeviceAsync(DeviceName(7), Cancel));
        }

        Assert.Equal([true, false, false], FoundOnDisk(7));
        Assert.Equal([true, true, true], FoundOnDisk(8));
    }

    [Fact]
    public async Task Log_that_a_reader_kept_from_being_emptied_is_emptied_by_the_nodes_next_commit()
    {
        await using var store = new SqliteStore(folder.File("node.db"));
        var devices = await store.Vault.EnrolAsync(Requests([1, 2]), Cancel);
        await using (var command = SqliteNodeDatabase.Open(
            new SqliteOptions { Path = store.Path, RunsNode = false }, TimeProvider.System, NullLogger.Instance))
        using (var reader = store.Database.OpenPrivateSession())
        {
            reader.Execute("BEGIN");
            Assert.Equal(2, reader.QueryNumber("SELECT count(*) FROM vault_device"));
            await command.Vault.DeleteOwnerAsync(OwnerName(1), Cancel);
            Assert.Contains(true, FoundOnDisk(1));
        }

        await store.Vault.CommitAsync(new[] { Samples.Contribution(devices[1].Id, Samples.Window) }, Cancel);

        Assert.Equal([false, false, false], FoundOnDisk(1));
    }

    // A fixed order that is none of the keys'.
    static IEnumerable<int> Shuffled(int count) =>
        Enumerable.Range(0, count).OrderBy(i => Convert.ToHexString(SecretHash(i)), StringComparer.Ordinal);

    bool[] FoundOnDisk(int i) => FoundIn(ReadFiles(), i);

    static bool[] FoundIn(List<byte[]> files, int i) =>
        [.. Traces(i).Select(trace => files.Any(file => file.AsSpan().IndexOf(trace) >= 0))];

    List<byte[]> ReadFiles()
    {
        var files = new List<byte[]>();
        foreach (var path in Directory.GetFiles(folder.Path).Where(path => !path.EndsWith(".lock", StringComparison.Ordinal)))
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            var bytes = new byte[file.Length];
            file.ReadExactly(bytes);
            files.Add(bytes);
        }
        return files;
    }
}
