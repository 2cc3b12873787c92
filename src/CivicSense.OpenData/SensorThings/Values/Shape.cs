using NetTopologySuite.Geometries;

namespace CivicSense.OpenData.SensorThings;

/// <summary>A geometry in degrees, longitude first (EPSG:4326 as GeoJSON and well-known text in this standard order it).</summary>
/// <param name="Geometry">The geometry; valid.</param>
/// <param name="Text">How the client wrote it.</param>
sealed record Shape(Geometry Geometry, string Text);
