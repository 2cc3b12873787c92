// Puts a map that can be moved, with a slider over the last days, in the place of the drawn one. Without it the drawing stays.
'use strict';
(() => {
  const figure = document.querySelector('figure[data-map]');
  if (!figure || !window.L) return;
  const mostLabelled = 40;
  const texts = JSON.parse(figure.dataset.texts);
  const fill = (text, values) => text.replace(/\{(\w+)\}/g, (hole, name) => values[name] ?? hole);
  const hourText = new Intl.DateTimeFormat(figure.dataset.culture, {
    timeZone: figure.dataset.zone, weekday: 'long', day: 'numeric', month: 'long', hour: '2-digit', minute: '2-digit', hourCycle: 'h23',
  });
  const svg = (name, attributes, ...inside) => {
    const element = document.createElementNS('http://www.w3.org/2000/svg', name);
    for (const [attribute, value] of Object.entries(attributes)) element.setAttribute(attribute, value);
    element.append(...inside);
    return element;
  };

  // An hour of an area as pages say it.
  const say = (value, unit) => {
    if (!value) return texts['map.nothing'];
    const between = fill(texts['value.between'], { lower: value[2], upper: value[3], unit });
    return fill(texts[value[4] ? 'map.tooUncertain' : 'value.interval'], { between, value: value[1] });
  };

  const build = data => {
    const holder = document.createElement('div');
    holder.className = 'live-map';
    figure.querySelector('svg').replaceWith(holder);
    holder.setAttribute('role', 'application');
    holder.setAttribute('aria-label', texts['map.ready']);
    const map = L.map(holder, { zoomControl: false, scrollWheelZoom: false, zoomSnap: 0.25, attributionControl: !!figure.dataset.tiles });
    L.control.zoom({ zoomInTitle: texts['map.zoomIn'], zoomOutTitle: texts['map.zoomOut'] }).addTo(map);
    if (figure.dataset.tiles) {
      map.attributionControl.setPrefix(false);
      const credit = document.createElement('span');
      credit.textContent = figure.dataset.credit;
      L.tileLayer(figure.dataset.tiles, { attribution: credit.innerHTML, maxZoom: 18 }).addTo(map);
    }

    const step = value => data.breaks.filter(edge => value >= edge).length;
    const colour = value => !value ? '#d9dcdb' : value[4] ? `url(#live-stripes-${step(value[0])})` : data.colours[step(value[0])];
    let hour = data.hours - 1;

    const open = (feature, layer) => {
      const text = document.createElement('p');
      text.textContent = fill(texts['map.label'], { name: feature.properties.name, text: say(feature.properties.values[hour], data.unit) });
      const link = document.createElement('a');
      link.href = feature.properties.page;
      link.textContent = texts['map.open'];
      const content = document.createElement('div');
      content.append(text, link);
      const popup = L.popup().setLatLng(layer.getBounds().getCenter()).setContent(content).openOn(map);
      const close = popup.getElement().querySelector('.leaflet-popup-close-button');
      close.setAttribute('aria-label', texts['map.close']);
      close.removeAttribute('title');
      link.focus({ preventScroll: true });
      popup.getElement().addEventListener('keydown', event => {
        if (event.key !== 'Escape') return;
        map.closePopup();
        layer.getElement().focus();
      });
    };

    const layer = L.geoJSON(data, {
      style: feature => ({ color: '#1d2529', weight: 1, fillOpacity: figure.dataset.tiles ? 0.75 : 1, fillColor: colour(feature.properties.values[hour]) }),
      onEachFeature: (feature, area) => area.on('click', () => open(feature, area)),
    }).addTo(map);
    map.fitBounds(layer.getBounds(), { padding: [4, 4] });
    map.setMinZoom(map.getZoom() - 2);

    const drawing = holder.querySelector('.leaflet-overlay-pane svg');
    drawing.prepend(svg('defs', {}, ...data.colours.map((ink, i) => svg(
      'pattern', { id: `live-stripes-${i}`, width: 8, height: 8, patternUnits: 'userSpaceOnUse' },
      svg('path', { d: 'M0 0h8v8H0z', fill: '#f4f4f0' }), svg('path', { d: 'M0 8L8 0', stroke: ink, 'stroke-width': 2 })))));

    const labelled = data.features.length <= mostLabelled;
    const label = (feature, value) => {
      const text = document.createElement('span');
      text.textContent = `${feature.properties.letter} ${value && !value[4] ? value[1] : '?'}`;
      return text;
    };
    const show = () => layer.eachLayer(area => {
      const value = area.feature.properties.values[hour];
      if (labelled) area.setTooltipContent(label(area.feature, value));
      area.setStyle({ fillColor: colour(value) });
      const element = area.getElement();
      element.setAttribute('aria-label', fill(texts['map.label'], { name: area.feature.properties.name, text: say(value, data.unit) }));
    });
    layer.eachLayer(area => {
      const element = area.getElement();
      if (labelled) area.bindTooltip('', { permanent: true, direction: 'center', className: 'cell-name' });
      element.setAttribute('tabindex', '0');
      element.setAttribute('role', 'button');
      element.addEventListener('keydown', event => {
        if (event.key !== 'Enter' && event.key !== ' ') return;
        event.preventDefault();
        open(area.feature, area);
      });
    });

    const choice = document.createElement('label');
    const slider = document.createElement('input');
    const output = document.createElement('output');
    Object.assign(slider, { type: 'range', min: '0', max: String(data.hours - 1), value: String(hour), className: 'hours' });
    choice.className = 'slider';
    choice.append(texts['map.time'], slider);
    const tell = () => {
      hour = Number(slider.value);
      const twice = data.twice[hour];
      output.textContent = hourText.format(new Date((data.from + hour * 3600) * 1000)) + (twice ? ` (${twice})` : '');
      slider.setAttribute('aria-valuetext', output.textContent);
      map.closePopup();
      show();
    };
    slider.addEventListener('input', tell);
    holder.after(choice, output);
    tell();
  };

  fetch(figure.dataset.map).then(answer => answer.ok ? answer.json() : null).then(data => { if (data?.features.length) build(data); }).catch(() => {});
})();
