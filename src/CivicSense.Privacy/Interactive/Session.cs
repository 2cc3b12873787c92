namespace CivicSense.Privacy;

/// <summary>The data of an interactive mechanism, and what has been charged for its answers.</summary>
sealed class Session<TIn, TLoss>
{
    readonly Lock gate = new();
    readonly Space<TIn> space;
    readonly Measure<TLoss> measure;
    readonly Rational inputDistance;
    TIn data;
    TLoss loss;
    bool closed;

    public Session(Space<TIn> space, Measure<TLoss> measure, Rational inputDistance, TIn data)
    {
        ArgumentNullException.ThrowIfNull(space);
        ArgumentNullException.ThrowIfNull(measure);
        space.RequireDistance(inputDistance, nameof(inputDistance));
        space.RequireMember(data, nameof(data));
        (this.space, this.measure, this.inputDistance, this.data, loss) = (space, measure, inputDistance, data, measure.None);
    }

    public TLoss Loss
    {
        get
        {
            lock (gate)
            {
                return loss;
            }
        }
    }

    public bool IsClosed
    {
        get
        {
            lock (gate)
            {
                return closed;
            }
        }
    }

    /// <summary>Charges the measurement's loss and answers it, or closes for good where the loss is not allowed.</summary>
    /// <param name="measurement">The question.</param>
    /// <param name="allows">Whether all questions together, this one included, may lose so much.</param>
    /// <exception cref="ArgumentException">Domain, metric or measure do not match.</exception>
    /// <exception cref="PrivacyBudgetException">The question was not allowed, or an earlier one was not.</exception>
    public TOut Release<TOut>(Measurement<TIn, TOut, TLoss> measurement, Func<TLoss, bool> allows) =>
        Answer(measurement, Price(measurement), allows);

    /// <summary>What the question would lose. Spaces and measure are compared before its map is asked.</summary>
    /// <exception cref="ArgumentException">Domain, metric or measure do not match.</exception>
    public TLoss Price<TOut>(Measurement<TIn, TOut, TLoss> measurement)
    {
        ArgumentNullException.ThrowIfNull(measurement);
        space.RequireSame(measurement.Input, nameof(measurement));
        measure.RequireSame(measurement.Measure, nameof(measurement));
        return measurement.Map(inputDistance);
    }

    /// <summary>Charges the price that the question has, then answers it outside the lock: the answer runs its caller's code.</summary>
    /// <exception cref="PrivacyBudgetException">The question was not allowed, or an earlier one was not.</exception>
    public TOut Answer<TOut>(Measurement<TIn, TOut, TLoss> measurement, TLoss price, Func<TLoss, bool> allows) =>
        measurement.Function(DataFor(price, allows));

    TIn DataFor(TLoss price, Func<TLoss, bool> allows)
    {
        lock (gate)
        {
            if (closed)
                throw new PrivacyBudgetException("The privacy budget was exceeded before: this filter answers nothing any more.");

            var total = measure.Compose(loss, price);
            if (!allows(total))
            {
                closed = true;
                data = default!;
                throw new PrivacyBudgetException($"The privacy budget does not suffice: answering would bring the loss to {total}.");
            }

            loss = total;
            return data;
        }
    }
}
