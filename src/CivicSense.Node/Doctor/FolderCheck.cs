using CivicSense.Node.Settings;

namespace CivicSense.Node.Doctor;

/// <summary>Whether the process can write its files, and for how long.</summary>
static class FolderCheck
{
    const string Subject = "data folder";
    const long Gibibyte = 1L << 30;

    /// <summary>Below this a node soon stops taking readings.</summary>
    const long Least = 100L << 20;

    public static IEnumerable<Finding> Run(NodeSettings settings)
    {
        if (!settings.Role.Ingests && !settings.Role.Releases)
            yield break;
        var folder = settings.Folder.Path;
        var present = Existing(folder);
        if (FindProblem(present) is { } problem)
        {
            yield return Finding.Problem(
                Subject, $"'{present}' cannot be written: {problem} Let the account that runs the node write there.");
            yield break;
        }
        yield return Finding.Ok(
            Subject, present == folder ? $"'{folder}' can be written." : $"'{folder}' is not there yet; the first start makes it.");
        yield return Space(present, settings.Folder);
    }

    static Finding Space(string folder, DataFolder data)
    {
        const string subject = "free space";
        var free = new DriveInfo(folder).AvailableFreeSpace;
        var text = FormattableString.Invariant($"{(double)free / Gibibyte:0.0} GiB");
        if (free < Least)
            return Finding.Problem(subject, $"{text} left. Make room: without it no reading is acknowledged and nothing is released.");
        // A backup or an upgrade needs room for the database once more.
        var database = data.HasDatabase ? new FileInfo(data.Database).Length : 0;
        return free < Math.Max(Gibibyte, database)
            ? Finding.Warning(subject, $"{text} left. Make room before it is used up; a backup needs as much as the database has.")
            : Finding.Ok(subject, $"{text}.");
    }

    /// <summary>The folder, or the nearest one above it that is there.</summary>
    static string Existing(string folder)
    {
        var path = Path.GetFullPath(folder);
        while (!Directory.Exists(path) && Path.GetDirectoryName(path) is { } above)
            path = above;
        return Directory.Exists(folder) ? folder : path;
    }

    /// <summary>Rights, quotas and read-only mounts all show when a file is made; it is gone again at once.</summary>
    static string? FindProblem(string folder)
    {
        try
        {
            var probe = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Options = FileOptions.DeleteOnClose };
            using var file = new FileStream(Path.Combine(folder, $".civicsense-doctor-{Guid.NewGuid():N}"), probe);
            return null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return exception.Message;
        }
    }
}
