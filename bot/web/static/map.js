// Circles for how often places were mentioned, and a slider through the time; the table beside it says the same.
"use strict";

(() => {
  const NAMED = 14; // of the busiest places, whose names stand on the map
  const LARGEST = 34; // pixels
  const SMALLEST = 4;

  function made(box) {
    const map = L.map(box, { attributionControl: Boolean(box.dataset.tiles), scrollWheelZoom: false, zoomSnap: 0.5 });
    map.on("focus", () => map.scrollWheelZoom.enable());
    map.on("blur", () => map.scrollWheelZoom.disable());
    if (box.dataset.tiles) {
      map.attributionControl.setPrefix(false);
      const words = document.createElement("span");
      words.textContent = box.dataset.attribution;
      L.tileLayer(box.dataset.tiles, { maxZoom: 17, attribution: words.innerHTML }).addTo(map);
    }
    return map;
  }

  function element(name, words, attributes = {}) {
    const found = document.createElement(name);
    found.textContent = words;
    for (const [key, value] of Object.entries(attributes)) found.setAttribute(key, value);
    return found;
  }

  function one(box) {
    const at = box.dataset.at.split(",").map(Number);
    const map = made(box).setView(at, box.dataset.tiles ? 8 : 7);
    L.circleMarker(at, { radius: 9, className: "spot" }).addTo(map);
    L.tooltip(at, { permanent: true, direction: "right", offset: [9, 0], className: "spot-name", content: element("span", box.dataset.one) }).addTo(map);
  }

  async function many(box) {
    const answer = await fetch(box.dataset.src);
    if (!answer.ok) return;
    const { steps, places } = await answer.json();
    const map = made(box);
    if (!places.length) {
      map.setView([48.6, 33], 5);
      return;
    }
    map.fitBounds(L.latLngBounds(places.map((place) => place.at)).pad(0.12), { maxZoom: 9 });
    const spots = places.map((place, rank) => {
      const spot = L.circleMarker(place.at, { radius: SMALLEST, className: "spot" }).addTo(map);
      if (rank < NAMED) {
        spot.bindTooltip(element("span", place.name), { permanent: true, direction: "right", offset: [4, 0], className: "spot-name" });
      } else {
        spot.bindTooltip(element("span", place.name));
      }
      spot.bindPopup(() => popup(place));
      return spot;
    });
    let step = 0;

    const count = (place) => (step ? place.posts[step - 1] : place.posts.reduce((sum, posts) => sum + posts, 0));

    function popup(place) {
      const found = document.createElement("div");
      const posts = count(place);
      const words = posts === 1 ? box.dataset.oneWord : box.dataset.manyWord;
      found.append(element("p", place.region ? `${place.name}, ${place.region}` : place.name), element("p", `${posts} ${words}`));
      found.append(element("a", box.dataset.open, { href: place.href }));
      return found;
    }

    function draw() {
      const most = Math.max(1, ...places.map((place) => (step ? Math.max(...place.posts) : count(place))));
      places.forEach((place, at) => {
        const posts = count(place);
        if (posts) {
          spots[at].setRadius(Math.max(SMALLEST, LARGEST * Math.sqrt(posts / most)));
          if (!map.hasLayer(spots[at])) spots[at].addTo(map);
        } else {
          spots[at].remove();
        }
      });
      box.dataset.drawn = places.filter(count).length;
    }

    const slider = document.querySelector("[data-slider]");
    const input = slider.querySelector("input");
    const said = slider.querySelector("output");
    input.max = steps.length;
    const slide = () => {
      step = Number(input.value);
      said.textContent = step ? steps[step - 1] : said.dataset.whole;
      input.setAttribute("aria-valuetext", said.textContent);
      draw();
    };
    input.addEventListener("input", slide);
    input.value = 0;
    slider.hidden = steps.length < 2;
    slide();
  }

  document.querySelectorAll("[data-map]").forEach((box) => (box.dataset.src ? many(box) : one(box)));
})();
