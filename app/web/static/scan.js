// The camera on the verify page, and the only script of this service. The decoder is loaded when
// the button is pressed. What a code says goes into the form as text, for the person to look at
// and send: nothing is opened, and nothing leaves this page by itself.
"use strict";

(() => {
  const scanner = document.getElementById("scanner");
  const start = document.getElementById("scan");
  const stop = document.getElementById("stop");
  const state = document.getElementById("scan-state");
  const video = document.getElementById("video");
  const text = document.getElementById("text");
  const canvas = document.createElement("canvas");
  const LONGEST = 8192;
  let stream = null;

  if (!navigator.mediaDevices || !navigator.mediaDevices.getUserMedia) {
    return;
  }
  scanner.hidden = false;

  function loadDecoder() {
    if (window.jsQR) {
      return Promise.resolve();
    }
    return new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = scanner.dataset.decoder;
      script.onload = resolve;
      script.onerror = () => reject(new Error("decoder"));
      document.head.append(script);
    });
  }

  function close(message) {
    if (stream) {
      stream.getTracks().forEach((track) => track.stop());
    }
    stream = null;
    video.srcObject = null;
    video.hidden = true;
    stop.hidden = true;
    start.hidden = false;
    state.textContent = message;
  }

  function take(found) {
    const ours = found.startsWith(window.location.origin + "/");
    text.value = found.slice(0, LONGEST);
    close(
      ours
        ? "Code read: a link to this service. Press “Check the text”."
        : "Code read, but it is not a link to this service. Look at the text before you press “Check the text”."
    );
    text.focus();
  }

  function look() {
    if (!stream) {
      return;
    }
    if (video.readyState === video.HAVE_ENOUGH_DATA) {
      canvas.width = video.videoWidth;
      canvas.height = video.videoHeight;
      const context = canvas.getContext("2d", { willReadFrequently: true });
      context.drawImage(video, 0, 0);
      const image = context.getImageData(0, 0, canvas.width, canvas.height);
      const code = window.jsQR(image.data, image.width, image.height);
      if (code && code.data) {
        take(code.data);
        return;
      }
    }
    window.setTimeout(look, 120);
  }

  start.addEventListener("click", async () => {
    start.hidden = true;
    stop.hidden = false;
    stop.focus();
    state.textContent = "Starting the camera…";
    try {
      await loadDecoder();
      stream = await navigator.mediaDevices.getUserMedia({
        video: { facingMode: "environment" },
      });
    } catch {
      close("The camera could not be used. Paste the link instead, or choose the file.");
      start.focus();
      return;
    }
    video.srcObject = stream;
    video.hidden = false;
    await video.play();
    state.textContent = "Hold the code in front of the camera.";
    look();
  });

  stop.addEventListener("click", () => {
    close("The camera is off.");
    start.focus();
  });
})();
