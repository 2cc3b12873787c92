namespace CivicSense.OpenData;

/// <summary>An area as files name it: its key, and where it is.</summary>
sealed class AreaPlace
{
    /// <summary>A tenth of a metre.</summary>
    const int Decimals = 6;

    AreaPlace(Area area)
    {
        Key = AreaKey.Write(area);
        Bounds = area.Bounds;
        Latitude = Math.Round((Bounds.South + Bounds.North) / 2, Decimals);
        Longitude = Math.Round((Bounds.West + Bounds.East) / 2, Decimals);
    }

    public string Key { get; }

    public AreaBounds Bounds { get; }

    /// <summary>Degrees north (WGS 84), half-way between the edges.</summary>
    public double Latitude { get; }

    /// <summary>Degrees east (WGS 84), half-way between the edges.</summary>
    public double Longitude { get; }

    /// <summary>Finds the places of areas, each computed once.</summary>
    public static Func<Area, AreaPlace> CreateIndex()
    {
        var places = new Dictionary<Area, AreaPlace>();
        return area => places.TryGetValue(area, out var place) ? place : places[area] = new AreaPlace(area);
    }
}
