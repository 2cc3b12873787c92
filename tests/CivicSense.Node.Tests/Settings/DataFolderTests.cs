using CivicSense.Node.Settings;

namespace CivicSense.Node.Tests.Settings;

public sealed class DataFolderTests
{
    // Windows has no such modes; there the two tests have nothing to say.
    const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>The times of the database's log tell when devices measure.</summary>
    [Fact]
    public void A_folder_that_the_node_makes_shows_other_accounts_neither_sizes_nor_times_of_its_files()
    {
        if (OperatingSystem.IsWindows())
            return;
        using var folder = new TemporaryFolder();
        var made = Path.Combine(folder.Path, "node");

        new DataFolder(made).Create();

        Assert.Equal(OwnerOnly, File.GetUnixFileMode(made));
    }

    [Fact]
    public void A_folder_that_was_there_before_keeps_its_mode()
    {
        if (OperatingSystem.IsWindows())
            return;
        using var folder = new TemporaryFolder();
        var found = Directory.CreateDirectory(Path.Combine(folder.Path, "node"), OwnerOnly | UnixFileMode.GroupRead).FullName;

        new DataFolder(found).Create();

        Assert.Equal(OwnerOnly | UnixFileMode.GroupRead, File.GetUnixFileMode(found));
    }
}
