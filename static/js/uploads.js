// A photograph that is too large is made smaller before it leaves; another file that is too large is told at once.
(() => {
  const SIDE = 2600;

  const smaller = async (file) => {
    const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
    const scale = Math.min(1, SIDE / Math.max(picture.width, picture.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(picture.width * scale);
    canvas.height = Math.round(picture.height * scale);
    canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
    const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.85));
    return new File([blob], file.name.replace(/\.\w+$/, "") + ".jpg", { type: "image/jpeg" });
  };

  const fit = async (input) => {
    const [file] = input.files;
    const limit = Number(input.dataset.limit);
    input.setCustomValidity("");
    if (!file || file.size <= limit) return;
    try {
      const made = await smaller(file);
      if (made.size <= limit && input.files[0] === file) {
        const list = new DataTransfer();
        list.items.add(made);
        input.files = list.files;
        return;
      }
    } catch {
      // Not a picture that this browser can draw: said below.
    }
    input.setCustomValidity(input.dataset.tooLarge);
    input.reportValidity();
  };

  document.addEventListener("change", (event) => {
    if (event.target.matches?.('input[type="file"][data-limit]')) fit(event.target);
  });
})();
