// Files can be dropped, their sending is shown, and a page that waits for the server reloads itself when it has waited.

class DropZone extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector("form");
    this.input = this.querySelector("input[type=file]");
    this.chosen = this.querySelector(".chosen");
    this.bar = this.querySelector("progress");
    this.input.addEventListener("change", () => this.show());
    this.form.addEventListener("submit", (event) => this.send(event));
    for (const name of ["dragenter", "dragover"]) {
      this.addEventListener(name, (event) => { event.preventDefault(); this.classList.add("over"); });
    }
    for (const name of ["dragleave", "drop"]) {
      this.addEventListener(name, () => this.classList.remove("over"));
    }
    this.addEventListener("drop", (event) => {
      event.preventDefault();
      if (event.dataTransfer.files.length) {
        this.input.files = event.dataTransfer.files;
        this.show();
      }
    });
  }

  show() {
    const files = [...this.input.files];
    this.chosen.replaceChildren(...files.map((file) => {
      const item = document.createElement("li");
      item.textContent = `${file.name} · ${Math.max(1, Math.round(file.size / 1024))} ${this.dataset.kilobytes}`;
      return item;
    }));
    const size = files.reduce((sum, file) => sum + file.size, 0);
    this.input.setCustomValidity(size > Number(this.dataset.limit) ? this.dataset.tooLarge : "");
    this.input.reportValidity();
  }

  send(event) {
    event.preventDefault();
    const request = new XMLHttpRequest();
    request.open("POST", this.form.action);
    request.responseType = "document";
    request.upload.addEventListener("progress", (step) => {
      if (step.lengthComputable) this.bar.value = step.loaded / step.total;
    });
    request.addEventListener("load", () => {
      const problem = request.response?.querySelector("#problem, .error");
      if (request.status < 400) location.assign(request.responseURL);
      else this.tell(problem ? problem.textContent : this.dataset.broken);
    });
    request.addEventListener("error", () => this.tell(this.dataset.broken));
    this.bar.hidden = false;
    this.form.querySelector("button").disabled = true;
    request.send(new FormData(this.form));
  }

  tell(words) {
    document.querySelector("#problem")?.remove();
    const box = document.createElement("div");
    box.id = "problem";
    box.className = "error";
    box.setAttribute("role", "alert");
    box.textContent = words;
    this.before(box);
    this.bar.hidden = true;
    this.form.querySelector("button").disabled = false;
  }
}

class ImportProgress extends HTMLElement {
  connectedCallback() {
    this.timer = setInterval(() => this.look(), 700);
  }

  disconnectedCallback() {
    clearInterval(this.timer);
  }

  async look() {
    const answer = await fetch(this.dataset.src, { cache: "no-store" }).catch(() => null);
    if (!answer) return;
    const found = answer.ok ? await answer.json() : { state: "gone" };
    if (found.state !== this.dataset.state) {
      clearInterval(this.timer);
      location.reload();
      return;
    }
    this.querySelector("progress").value = found.done;
    this.querySelector(".count").textContent = `${found.done} / ${found.total}`;
  }
}

customElements.define("drop-zone", DropZone);
customElements.define("import-progress", ImportProgress);
