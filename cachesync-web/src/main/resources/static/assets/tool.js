// Sends the chosen file as it is: a form would have to be taken apart before anybody knows who sends it.
import { post } from './http.js';

const form = document.getElementById('tool-form');
const error = document.getElementById('tool-error');

form.addEventListener('submit', async (event) => {
  event.preventDefault();
  const button = form.querySelector('button');
  button.disabled = true;
  error.hidden = true;
  try {
    await post(form.action, new Blob([document.getElementById('tool-file').files[0]], { type: 'application/octet-stream' }));
    location.reload();
  } catch (failure) {
    error.querySelector('.text').textContent = failure.message;
    error.hidden = false;
    button.disabled = false;
  }
});
