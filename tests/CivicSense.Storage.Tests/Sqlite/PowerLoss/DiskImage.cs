namespace CivicSense.Storage.Tests;

/// <summary>What a disk may hold after the power failed at some moment.</summary>
/// <remarks>
/// What was synced is there. Of what came after, each sector may have arrived or not, in any order: disks write when and in what order they
/// like, but they write a sector of 512 bytes wholly or not at all.
/// </remarks>
static class DiskImage
{
    const int Sector = 512;

    /// <summary>Writes the files into a folder.</summary>
    /// <param name="events">What happened before the power failed.</param>
    /// <param name="random">Chooses what has arrived.</param>
    /// <param name="folder">An empty folder.</param>
    public static void Write(IEnumerable<DiskEvent> events, Random random, string folder)
    {
        foreach (var file in events.GroupBy(FileOf).Where(file => file.Key.Length > 0))
        {
            var all = file.Skip(file.ToList().FindLastIndex(one => one is DiskEvent.Deleted) + 1).ToList();
            if (all.Count == 0)
                continue;
            var synced = all.FindLastIndex(one => one is DiskEvent.Synced) + 1;
            var content = new MemoryStream();
            foreach (var one in all.Take(synced))
                Apply(content, one, static () => true);
            // Now nothing of the rest, now nearly all of it.
            var share = random.NextDouble();
            foreach (var one in all.Skip(synced))
                Apply(content, one, () => random.NextDouble() < share);
            File.WriteAllBytes(Path.Combine(folder, file.Key), content.ToArray());
        }
    }

    static string FileOf(DiskEvent one) => one switch
    {
        DiskEvent.Written written => written.File,
        DiskEvent.Truncated truncated => truncated.File,
        DiskEvent.Synced synced => synced.File,
        DiskEvent.Deleted deleted => deleted.File,
        _ => "",
    };

    static void Apply(MemoryStream content, DiskEvent one, Func<bool> hasArrived)
    {
        if (one is DiskEvent.Truncated truncated && hasArrived())
            content.SetLength(truncated.Length);
        if (one is not DiskEvent.Written written)
            return;
        for (var begin = 0; begin < written.Bytes.Length;)
        {
            var length = Math.Min(written.Bytes.Length - begin, Sector - (int)((written.Offset + begin) % Sector));
            if (hasArrived())
            {
                content.Position = written.Offset + begin;
                content.Write(written.Bytes, begin, length);
            }
            begin += length;
        }
    }
}
