// A map to move and come closer to, over the drawing of the server, which stays where Leaflet could not be loaded.
(() => {
  const { L } = window;
  if (!L) return;

  const controls = (map, tiles) => {
    L.control.zoom({ zoomInTitle: "Acercar", zoomOutTitle: "Alejar" }).addTo(map);
    L.control.scale({ imperial: false }).addTo(map);
    if (!tiles) return;
    const words = document.createElement("span");
    words.textContent = tiles.attribution;
    L.tileLayer(tiles.address, { maxNativeZoom: 19, maxZoom: 21, referrerPolicy: "strict-origin" }).addTo(map);
    L.control.attribution({ prefix: false }).addAttribution(words.innerHTML).addTo(map);
  };

  const draw = (figure) => {
    const told = JSON.parse(figure.dataset.map);
    const view = figure.querySelector(".map__view");
    const box = document.createElement("div");
    box.className = "map__box";
    box.setAttribute("role", "group");
    box.setAttribute("aria-label", figure.querySelector("svg").getAttribute("aria-label"));
    view.replaceChildren(box);
    figure.querySelector("figcaption").textContent = "El norte está arriba. Acercá o alejá el mapa con los botones + y −.";

    const map = L.map(box, { attributionControl: false, zoomControl: false, scrollWheelZoom: false, zoomSnap: 0.25, maxZoom: 21 });
    map.fitBounds(told.focus);
    controls(map, told.tiles);
    told.shapes.forEach(({ look, geometry }) => {
      L.geoJSON(geometry, { interactive: false, style: { className: `map__shape map__shape--${look}` } }).addTo(map);
    });
    told.marks.forEach(({ label, name, anchor, at }) => {
      const words = document.createElement("span");
      words.textContent = label;
      const icon = L.divIcon({ html: words, className: "map__mark", iconSize: [28, 28] });
      const mark = L.marker(at, { icon, title: `${label}. ${name}`, riseOnHover: true }).addTo(map);
      mark.on("click keypress", ({ originalEvent }) => {
        if (originalEvent.type === "keypress" && originalEvent.key !== "Enter") return;
        const item = document.getElementById(anchor);
        item.scrollIntoView({ block: "start" });
        item.focus({ preventScroll: true });
      });
    });
    if (told.point) L.circleMarker(told.point, { interactive: false, radius: 8, className: "map__point" }).addTo(map);
  };

  // Also those that HTMX brings later: what is drawn has no drawing of the server any more.
  const drawAll = () => document.querySelectorAll("[data-map]:has(.map__drawing)").forEach(draw);
  drawAll();
  document.addEventListener("htmx:afterSettle", drawAll);
})();
