import './style/base.css';
import './style/list.css';
import { createRoot } from 'react-dom/client';
import { App } from './app.js';

createRoot(document.getElementById('dashboard')!).render(<App />);
