// Adds a button that finds the area of where somebody is. Only the map square is told to the node (zoom 14, about a mile wide), never the position.
'use strict';
(() => {
  const form = document.querySelector('form.find');
  if (!form || !navigator.geolocation || !window.isSecureContext) return;

  const square = ({ latitude, longitude }) => {
    const zoom = 14, size = 2 ** zoom;
    const sine = Math.sin(Math.max(-85.05, Math.min(85.05, latitude)) * Math.PI / 180);
    const column = Math.min(size - 1, Math.floor((longitude + 180) / 360 * size));
    const row = Math.floor((0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI)) * size);
    let digits = '';
    for (let bit = zoom - 1; bit >= 0; bit--) digits += ((column >> bit) & 1) + 2 * ((row >> bit) & 1);
    return digits;
  };

  const button = document.createElement('button');
  button.type = 'button';
  button.textContent = form.dataset.here;
  const message = document.createElement('p');
  message.setAttribute('role', 'status');
  button.addEventListener('click', () => navigator.geolocation.getCurrentPosition(
    position => {
      form.elements.place.value = square(position.coords);
      form.submit();
    },
    () => { message.textContent = form.dataset.denied; },
    { maximumAge: 600000, timeout: 20000 }));
  form.querySelector('.row').append(button);
  form.append(message);
})();
