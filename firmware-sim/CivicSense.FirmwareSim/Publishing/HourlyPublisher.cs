namespace CivicSense.FirmwareSim.Publishing;

/// <summary>Publishes feeds hour by hour of event time, with a barrier between hours.</summary>
/// <remarks>
/// A node on the event clock lets the largest event time drive its clock and closes an hour ten minutes into the next. One device that
/// ran ahead would therefore close the hour before the others have sent theirs. Hence the barrier: nothing of hour h + 1 is
/// sent, by anybody, before everything of hour h is acknowledged, to everybody. Within an hour a device never waits for an acknowledgement.
/// </remarks>
sealed class HourlyPublisher(IReadOnlyList<DeviceFeed> feeds, DeviceLinks links, int workers)
{
    const long Hour = 3600;

    /// <summary>Sends everything due in [<paramref name="start"/>, <paramref name="end"/>).</summary>
    /// <param name="start">Event time of the first hour. Messages due earlier go with it.</param>
    /// <param name="end">The first instant that is not sent.</param>
    /// <param name="progress">Told after each hour; may be null.</param>
    /// <param name="cancellationToken">Stops between two messages.</param>
    public async Task RunAsync(
        DateTimeOffset start, DateTimeOffset end, IProgress<FleetProgress>? progress, CancellationToken cancellationToken)
    {
        var last = end.ToUnixTimeSeconds();
        var slices = new Task[Math.Clamp(workers, 1, Math.Max(1, feeds.Count))];
        for (var hour = start.ToUnixTimeSeconds() / Hour; hour * Hour < last; hour++)
        {
            var hourEnd = Math.Min((hour + 1) * Hour, last);
            for (var slice = 0; slice < slices.Length; slice++)
            {
                var first = slice;
                slices[slice] = Task.Run(() => SendAsync(first, slices.Length, hourEnd, cancellationToken), cancellationToken);
            }
            await Task.WhenAll(slices);
            progress?.Report(new FleetProgress(DateTimeOffset.FromUnixTimeSeconds(hourEnd), Tally.Sum(feeds.Select(feed => feed.Sent))));
        }
    }

    /// <summary>
    /// Every <paramref name="step"/>-th device from <paramref name="first"/> on: all write their hour, then all wait for it.
    /// </summary>
    async Task SendAsync(int first, int step, long hourEnd, CancellationToken cancellationToken)
    {
        for (var i = first; i < feeds.Count; i += step)
        {
            var feed = feeds[i];
            if (feed.NextSendTime >= hourEnd) continue;
            try
            {
                while (feed.NextSendTime < hourEnd)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    var message = feed.Next();
                    await links[i].PublishAsync(feed.Topic, message.Payload, message.Duplicate, cancellationToken);
                }
                await links[i].FlushAsync(cancellationToken);
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                throw Lost(feed, exception);
            }
        }
        for (var i = first; i < feeds.Count; i += step)
        {
            try
            {
                await links[i].DrainAsync(cancellationToken);
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                throw Lost(feeds[i], exception);
            }
        }
    }

    static IOException Lost(DeviceFeed feed, Exception cause) => new($"Device {feed.Name} lost its connection: {cause.Message}", cause);
}
