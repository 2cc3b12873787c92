using CivicSense.Release;

namespace CivicSense.Node.Doctor;

/// <summary>Whether a fence file fits the database.</summary>
static class FenceCheck
{
    const string Subject = "fence";

    /// <summary>A release takes less, from the commit of the database to the note in the fence.</summary>
    static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Compares them, and once more after a moment before anything alarming is said: they are read one after the other, and a release may
    /// have come in between.
    /// </summary>
    /// <param name="path">The fence file.</param>
    /// <param name="read">Reads where the database stands, and whether a process of another name leads.</param>
    /// <param name="time">Real time.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<Finding> RunAsync(
        string path, Func<CancellationToken, ValueTask<(ReleaseState State, bool OthersLead)>> read, TimeProvider time,
        CancellationToken cancellationToken)
    {
        var found = await CompareAsync();
        if (found.Level == FindingLevel.Ok)
            return found;
        await Task.Delay(Pause, time, cancellationToken);
        return await CompareAsync();

        async Task<Finding> CompareAsync()
        {
            var (state, othersLead) = await read(cancellationToken);
            return Compare(path, state, othersLead);
        }
    }

    static Finding Compare(string path, ReleaseState state, bool othersLead)
    {
        try
        {
            return FenceInspection.Compare(path, state) switch
            {
                FenceVerdict.InOrder => Finding.Ok(Subject, $"'{path}' agrees with the database."),
                FenceVerdict.Unsettled =>
                    Finding.Ok(Subject,
                    "a release is on its way into the database, or was when the node ended; the next start settles it."),
                FenceVerdict.Missing or FenceVerdict.FenceIsOlder when othersLead => Finding.Ok(
                    Subject, "older than the database, because another process leads. It catches up while this one runs."),
                FenceVerdict.Missing => Finding.Warning(
                    Subject, $"'{path}' is not there, although something has been released. Started like this, "
                        + "the node gives up the present "
                    + "day. Was the file moved, or is a disk not mounted? (docs/storage.md)"),
                FenceVerdict.FenceIsOlder => Finding.Warning(
                    Subject, "older than the database. Start the process that released last, or put its fence file here; "
                        + "otherwise the present day is given up."),
                _ => Finding.Warning(
                    Subject, "knows of releases that the database does not have: was a backup restored? "
                        + "The next start gives up the present day, as it must."),
            };
        }
        catch (Exception exception) when (exception is FormatException or IOException or UnauthorizedAccessException)
        {
            return Finding.Problem(Subject, exception.Message);
        }
    }
}
